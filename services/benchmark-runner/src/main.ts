import { calibrationFolder } from '@codeoptima/measurement';
import { reachOf } from '@codeoptima/memory';
import { workerMain } from '@codeoptima/worker';
import { rememberVerdict } from './adapters/remember.ts';
import { BenchmarkRunnerEnv, calibrationDir } from './env.ts';

workerMain({
  service: 'benchmark-runner',
  env: BenchmarkRunnerEnv,
  // One measurement at a time: a second one would be the first one's noise.
  concurrency: 1,
  handlers: ({ service }) => ({
    verify: async (context) => {
      // The ladder with its parsers and generators is loaded with the first candidate: a fleet at rest does without it.
      const { verifyCandidate } = await import('./adapters/verify-candidate.ts');
      const result = await verifyCandidate(context, {
        calibrations: calibrationFolder(calibrationDir(service.env)),
        search_budget_ms: service.env.CODEOPTIMA_SEARCH_MS,
      });
      return { ...result, memory: await rememberVerdict(reachOf(service.env), context, result, service.clock.now_ms()) };
    },
  }),
});
