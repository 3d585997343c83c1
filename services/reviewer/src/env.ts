import { WorkerEnv } from '@codeoptima/worker';

/** The reviewer needs nothing beyond what every worker reads: mirrors and objects lie in the data directory. */
export const ReviewerEnv = WorkerEnv;
