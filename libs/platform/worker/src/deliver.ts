import { setTimeout as sleep } from 'node:timers/promises';
import { CodeOptimaError, type ErrorCode } from '@codeoptima/contracts';

const PAUSE_FIRST_MS = 100;
const PAUSE_MAX_MS = 5_000;
/** An error inside the planner may be a passing one, such as a lost database session; a lasting one must not hold the worker for ever. */
const INTERNAL_TRIES = 12;

export type Delivery = { outcome: 'accepted' } | { outcome: 'stale' } | { outcome: 'refused'; error: CodeOptimaError };

/** Also a full disk under the planner: it is often the work just done that fills it, and its folder goes while the verdict waits. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['unavailable', 'deadline_exceeded', 'conflict', 'cancelled', 'disk_full']);

/**
 * Brings a verdict to the planner, through outages of any length: the same item and epoch may arrive twice, the planner counts it once.
 * Ends when it is accepted, refused as stale (the lease was lost: the verdict is dropped), refused for good, or `signal` aborts.
 */
export const deliver = async (
  send: () => Promise<unknown>,
  signal: AbortSignal,
  onRetry: (error: CodeOptimaError) => void,
): Promise<Delivery> => {
  let pause_ms = PAUSE_FIRST_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send();
      return { outcome: 'accepted' };
    } catch (thrown) {
      const error = CodeOptimaError.from(thrown);
      if (error.code === 'stale_epoch') return { outcome: 'stale' };
      const passing = PASSING.has(error.code) || (error.code === 'internal' && attempt < INTERNAL_TRIES);
      if (!passing || signal.aborted) return { outcome: 'refused', error };
      onRetry(error);
      await sleep(pause_ms, undefined, { signal }).catch(() => undefined);
      pause_ms = Math.min(PAUSE_MAX_MS, pause_ms * 2);
    }
  }
};
