/**
 * The limit of the stage is kept by doing less, never by losing the result: each step asks whether there is time left for it, and the
 * time kept back is for ranking and storing.
 */
export class TimeBudget {
  readonly #now_ms: () => number;
  readonly #began_ms: number;
  readonly #limit_ms: number;

  /** `now_ms` is any steady clock in milliseconds. */
  constructor(limit_ms: number, now_ms: () => number) {
    this.#now_ms = now_ms;
    this.#began_ms = now_ms();
    this.#limit_ms = limit_ms;
  }

  get elapsed_ms(): number {
    return this.#now_ms() - this.#began_ms;
  }

  /** Until `share` of the limit is used up; never below 0. */
  left_ms(share = 1): number {
    return Math.max(0, this.#limit_ms * share - this.elapsed_ms);
  }

  /** Is there time for a step of about `wanted_ms` before `share` of the limit is used up? */
  allows(wanted_ms: number, share = 1): boolean {
    return this.left_ms(share) >= wanted_ms;
  }
}
