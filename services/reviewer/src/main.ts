import { workerMain } from '@codeoptima/worker';
import { ReviewerEnv } from './env.ts';
import { merge } from './merge.ts';
import { review } from './review.ts';

workerMain({
  service: 'reviewer',
  env: ReviewerEnv,
  handlers: ({ service }) => ({
    review: review({ data_dir: service.env.CODEOPTIMA_DATA_DIR, now_ms: service.clock.now_ms }),
    merge,
  }),
});
