import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats a check until it stops throwing; after `timeout_ms` (default 60 s, machines are slow) its last error is thrown. */
export const eventually = async <T>(check: () => Promise<T> | T, timeout_ms = 60_000): Promise<T> => {
  const expired = AbortSignal.timeout(timeout_ms);
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (expired.aborted) throw error;
    }
    await sleep(25);
  }
};
