import { reachOf } from '@codeoptima/memory';
import { workerMain } from '@codeoptima/worker';
import { RefactorerEnv } from './env.ts';
import { propose } from './propose.ts';

workerMain({ service: 'refactorer', env: RefactorerEnv, handlers: ({ service: { env } }) => ({ propose: propose(reachOf(env)) }) });
