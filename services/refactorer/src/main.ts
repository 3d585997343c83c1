import { workerMain } from '@codeoptima/worker';
import { RefactorerEnv } from './env.ts';
import { propose } from './propose.ts';

workerMain({ service: 'refactorer', env: RefactorerEnv, handlers: () => ({ propose }) });
