import { join } from 'node:path';
import { WorkerEnv } from '@codeoptima/worker';
import { z } from 'zod';

export const BenchmarkRunnerEnv = WorkerEnv.extend({
  /** Time for the search of inputs nobody has tried, for each candidate. More finds more; most differences show within seconds. */
  CODEOPTIMA_SEARCH_MS: z.coerce.number().int().min(0).default(10_000),
});
export type BenchmarkRunnerEnv = z.infer<typeof BenchmarkRunnerEnv>;

/** `codeoptima calibrate` writes there what this service reads. */
export const calibrationDir = (env: BenchmarkRunnerEnv): string => join(env.CODEOPTIMA_DATA_DIR, 'calibration');
