import { WorkerEnv } from '@codeoptima/worker';
import type { z } from 'zod';

/** Nothing beyond what every worker reads: the limits of the stage come with the run's configuration. */
export const AnalyzerEnv = WorkerEnv;
export type AnalyzerEnv = z.infer<typeof AnalyzerEnv>;
