import { WorkerEnv } from '@codeoptima/worker';

/** The refactorer needs nothing beyond what every worker reads. */
export const RefactorerEnv = WorkerEnv;
