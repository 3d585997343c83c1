import { randomInt } from 'node:crypto';

/** A random source that the same seed repeats: 32-bit splitmix (Steele, Lea, Flood, OOPSLA 2014, with the 32-bit finaliser of murmur3). */
export interface SeededRandom {
  seed: number;
  /** Uniform in [0, 1). */
  next: () => number;
  /** Uniform integer in [0, limit). */
  below: (limit: number) => number;
  pick: <T>(list: readonly T[]) => T;
  shuffle: <T>(list: readonly T[]) => T[];
}

export const seededRandom = (seed: number): SeededRandom => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    seed,
    next,
    below,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('pick from an empty list');
      return list[below(list.length)] as (typeof list)[number];
    },
    shuffle: (list) => {
      const copy = [...list];
      for (let last = copy.length - 1; last > 0; last -= 1) {
        const other = below(last + 1);
        [copy[last], copy[other]] = [copy[other] as (typeof copy)[number], copy[last] as (typeof copy)[number]];
      }
      return copy;
    },
  };
};

/** Runs a check under a seed (`SEED` in the environment, or a fresh one) and names the seed in its failure. */
export const withSeed = async (check: (random: SeededRandom) => Promise<void> | void): Promise<void> => {
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
  try {
    await check(seededRandom(seed));
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${said}\nrepeat with SEED=${seed}`, { cause });
  }
};
