import { WorkerEnv } from '@codeoptima/worker';

/** The builder needs nothing beyond what every worker reads: mirrors, downloads and objects lie in the data directory. */
export const BuilderEnv = WorkerEnv;
