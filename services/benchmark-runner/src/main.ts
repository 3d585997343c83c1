import { calibrationFolder } from '@codeoptima/measurement';
import { workerMain } from '@codeoptima/worker';
import { verifyCandidate } from './adapters/verify-candidate.ts';
import { BenchmarkRunnerEnv, calibrationDir } from './env.ts';

workerMain({
  service: 'benchmark-runner',
  env: BenchmarkRunnerEnv,
  // One measurement at a time: a second one would be the first one's noise.
  concurrency: 1,
  handlers: ({ service }) => ({
    verify: (context) =>
      verifyCandidate(context, {
        calibrations: calibrationFolder(calibrationDir(service.env)),
        search_budget_ms: service.env.CODEOPTIMA_SEARCH_MS,
      }),
  }),
});
