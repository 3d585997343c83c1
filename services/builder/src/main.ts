import { workerMain } from '@codeoptima/worker';
import { baseline } from './baseline.ts';
import { BuilderEnv } from './env.ts';

workerMain({
  service: 'builder',
  env: BuilderEnv,
  handlers: ({ service }) => ({ baseline: baseline({ data_dir: service.env.CODEOPTIMA_DATA_DIR }) }),
});
