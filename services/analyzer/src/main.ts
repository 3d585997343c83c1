import { workerMain } from '@codeoptima/worker';
import { hotspots } from './adapters/handler.ts';
import { AnalyzerEnv } from './env.ts';

workerMain({
  service: 'analyzer',
  env: AnalyzerEnv,
  handlers: () => ({ hotspots: hotspots(() => performance.now()) }),
});
