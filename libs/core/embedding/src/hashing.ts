/** Weighted features of a text; the key space is open, the hashing closes it. */
export class Features {
  readonly #weights = new Map<string, number>();

  add(feature: string, weight = 1): void {
    this.#weights.set(feature, (this.#weights.get(feature) ?? 0) + weight);
  }

  entries(): IterableIterator<[string, number]> {
    return this.#weights.entries();
  }
}

/** FNV-1a over UTF-16 code units with a seed and a final avalanche (murmur3's fmix32). */
function hash(text: string, seed: number): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value ^= value >>> 16;
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/**
 * Signed feature hashing (Weinberger et al., ICML 2009): each feature adds its damped weight to `PROBES` seeded places with a seeded sign, which
 * keeps inner products unbiased. The result has unit length, or is all zero when there is no feature.
 */
export function project(features: Features, dimensions: number, seed: number): Float32Array<ArrayBuffer> {
  const sums = new Float64Array(dimensions);
  for (const [feature, weight] of features.entries()) {
    const damped = Math.sign(weight) * Math.log1p(Math.abs(weight));
    for (let probe = 0; probe < PROBES; probe++) {
      const value = hash(feature, seed + probe * 0x9e3779b1);
      const place = (value >>> 1) % dimensions;
      sums[place] = (sums[place] ?? 0) + (value & 1 ? damped : -damped);
    }
  }
  return normalise(sums);
}

const PROBES = 2;

function normalise(sums: Float64Array): Float32Array<ArrayBuffer> {
  let square = 0;
  for (const value of sums) square += value * value;
  const scale = square === 0 ? 0 : 1 / Math.sqrt(square);
  return Float32Array.from(sums, (value) => value * scale);
}
