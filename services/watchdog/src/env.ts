import { CodeOptimaError } from '@codeoptima/contracts';
import { ServiceEnv } from '@codeoptima/service-kit';
import { z } from 'zod';

const milliseconds = (fallback: number) => z.coerce.number().int().min(10).default(fallback);

/** `builder=1200000,reviewer=300000` */
const limitsByService = z
  .string()
  .default('')
  .transform((text) => {
    const pairs = text.split(',').filter((part) => part.trim() !== '');
    return new Map(
      pairs.map((part): [string, number] => {
        const [service = '', limit = ''] = part.split('=').map((word) => word.trim());
        if (service === '' || !(Number(limit) > 0))
          throw new CodeOptimaError('bad_input', `"${part}" is no limit; write service=milliseconds.`);
        return [service, Number(limit)];
      }),
    );
  });

export const WatchdogEnv = ServiceEnv.extend({
  /** Requirement G1: without a beat for this long the holder of an item is taken for dead. Six beats fit into it. */
  CODEOPTIMA_STALE_MS: milliseconds(60_000),
  /** How often everyone is judged; found at the latest one sweep after the limit. */
  CODEOPTIMA_SWEEP_MS: milliseconds(5_000),
  /** Beats without a change of the progress counter for this long: stuck. */
  CODEOPTIMA_PROGRESS_MS: milliseconds(600_000),
  /** Other progress limits for single services. */
  CODEOPTIMA_PROGRESS_LIMITS: limitsByService,
  /** How long a worker may take to heed its cancel before its process is killed. */
  CODEOPTIMA_OBEY_MS: milliseconds(5_000),
  /** `local`: workers run on this machine and data directory, so their processes can be examined and killed. */
  CODEOPTIMA_WATCHDOG_KILL: z.enum(['local', 'off']).default('off'),
});
export type WatchdogEnv = z.infer<typeof WatchdogEnv>;
