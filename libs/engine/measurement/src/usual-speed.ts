/** A reading so much above the usual one says that something slows the core; readings of a quiet core stay within. */
const SLOW_FACTOR = 1.2;
const READINGS_KEPT = 400;
/** The usual reading is the third lowest of the last ones: the lowest may be luck. */
const USUAL_RANK = 3;
const READINGS_TO_KNOW = 5;

/** What is known of a core's speed. It lives as long as the process, since one comparison may fall into a slow phase as a whole. */
export class UsualSpeed {
  readonly #readings: number[] = [];

  /** Whether the reading, which is remembered, shows a core that is slower than usual. */
  isSlow(reading: number): boolean {
    this.#readings.push(reading);
    if (this.#readings.length > READINGS_KEPT) this.#readings.shift();
    const usual = this.#readings.toSorted((a, b) => a - b)[Math.min(USUAL_RANK, this.#readings.length) - 1] as number;
    return reading > SLOW_FACTOR * usual;
  }

  get isKnown(): boolean {
    return this.#readings.length >= READINGS_TO_KNOW;
  }
}
