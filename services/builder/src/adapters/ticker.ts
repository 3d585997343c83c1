const TICK_MS = 15_000;

/**
 * Says again and again what runs while `work` runs, so that a quiet build is not taken for a stuck one. The work itself is bounded by the
 * sandbox's wall time.
 */
export async function ticking<T>(say: () => void, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(say, TICK_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
