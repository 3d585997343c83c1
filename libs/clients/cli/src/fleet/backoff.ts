const FIRST_MS = 200;
const LONGEST_MS = 10_000;
/** A process that ran this long had started well; its next crash counts as a first one. */
const SETTLED_MS = 30_000;

/** When to start a crashed process again: at once doubling pauses up to ten seconds. Pure; the caller brings the time. */
export class Backoff {
  #pause_ms = FIRST_MS;
  #started_ms = 0;

  started(now_ms: number): void {
    this.#started_ms = now_ms;
  }

  /** Pause before the next start of a process that ended now. */
  ended(now_ms: number): number {
    if (now_ms - this.#started_ms >= SETTLED_MS) this.#pause_ms = FIRST_MS;
    const pause_ms = this.#pause_ms;
    this.#pause_ms = Math.min(LONGEST_MS, pause_ms * 2);
    return pause_ms;
  }
}
