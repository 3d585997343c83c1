const MASK_64 = (1n << 64n) - 1n;
const MULTIPLIER = 6364136223846793005n;

/**
 * PCG32 (XSH RR 64/32), a small seeded generator with known-good statistics: the same seed gives the same order everywhere.
 * M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms", HMC-CS-2014-0905.
 */
export class Pcg32 {
  #state = 0n;
  readonly #increment: bigint;

  constructor(seed: bigint | number, stream: bigint | number = 54n) {
    this.#increment = ((BigInt(stream) << 1n) | 1n) & MASK_64;
    this.nextUint32();
    this.#state = (this.#state + (BigInt(seed) & MASK_64)) & MASK_64;
    this.nextUint32();
  }

  /** Whole number from 0 to 2^32 - 1. */
  nextUint32(): number {
    const old = this.#state;
    this.#state = (old * MULTIPLIER + this.#increment) & MASK_64;
    const shifted = Number((((old >> 18n) ^ old) >> 27n) & 0xffffffffn);
    const rotation = Number(old >> 59n);
    return ((shifted >>> rotation) | (shifted << (-rotation & 31))) >>> 0;
  }

  /** Whole number from 0 to bound - 1, without modulo bias; 1 <= bound <= 2^32. */
  nextBelow(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) throw new RangeError(`bound must be 1 to 2^32, got ${bound}`);
    const threshold = 2 ** 32 % bound;
    for (;;) {
      const value = this.nextUint32();
      if (value >= threshold) return value % bound;
    }
  }

  /** Fraction from 0 (inclusive) to 1 (exclusive) with 32 random bits. */
  nextFraction(): number {
    return this.nextUint32() / 2 ** 32;
  }

  /** True with probability 1/2. */
  nextBoolean(): boolean {
    return this.nextUint32() >= 2 ** 31;
  }

  /** A new array in random order (Fisher-Yates). */
  shuffle<T>(values: readonly T[]): T[] {
    const result = [...values];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.nextBelow(i + 1);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }
}
