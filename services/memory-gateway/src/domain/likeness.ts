import { CHANNEL_WEIGHTS, CHANNELS, type Channel } from '@codeoptima/embedding';
import { CodeOptimaError } from '@codeoptima/contracts';

export const CHANNEL_NAMES = Object.keys(CHANNELS) as Channel[];

/** Vectors of a memory or a query; a channel without any feature is left out. */
export type Vectors = Partial<Record<Channel, readonly number[] | Float32Array>>;

export type Weights = Record<Channel, number>;

/** Shares that add up to 1. @throws CodeOptimaError `bad_input` for a share that is negative or no number. */
export const weightsOf = (given: Partial<Weights> | undefined): Weights => {
  const shares = CHANNEL_NAMES.map((name) => given?.[name] ?? 0);
  if (shares.some((share) => !Number.isFinite(share) || share < 0))
    throw new CodeOptimaError('bad_input', 'weights must be numbers of 0 or more.');
  const sum = shares.reduce((total, share) => total + share, 0);
  if (sum === 0) return CHANNEL_WEIGHTS;
  return Object.fromEntries(CHANNEL_NAMES.map((name, index) => [name, (shares[index] ?? 0) / sum])) as Weights;
};

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i += 1) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa === 0 || bb === 0 ? 0 : dot / Math.sqrt(aa * bb);
};

export interface Likeness {
  score: number;
  channels: Partial<Weights>;
}

/**
 * Weighted mean of the channels' cosines. A channel that either side lacks counts as 0, except when the query lacks it: a text has no
 * structure, so its code channel decides alone.
 */
export const likeness = (query: Vectors, memory: Vectors, weights: Weights): Likeness => {
  const channels: Partial<Weights> = {};
  let score = 0;
  let share = 0;
  for (const name of CHANNEL_NAMES) {
    const asked = query[name];
    if (!asked || weights[name] === 0) continue;
    share += weights[name];
    const kept = memory[name];
    channels[name] = kept ? cosine(asked, kept) : 0;
    score += weights[name] * channels[name];
  }
  return { score: share === 0 ? 0 : score / share, channels };
};

/** Factor of recency: halves with every half-life. 1 without one, and for what lies in the future. */
export const recency = (age_ms: number, half_life_s: number): number =>
  half_life_s > 0 ? 0.5 ** (Math.max(0, age_ms) / 1_000 / half_life_s) : 1;

/** How many candidates each channel of each tier brings, before the exact ranking over all of them. */
export const candidatesFor = (limit: number): number => Math.min(400, Math.max(32, limit * 4));
