export const EXAMPLE_SIZE = 24;
export const EXAMPLES = 400;

export interface Example {
  id: number;
  vector: number[];
  payload: { color: string; price: number; tags: string[]; on: boolean };
}

/** Points of a shop, from a source of numbers below 1. */
export const examples = (next: () => number): Example[] =>
  Array.from({ length: EXAMPLES }, (_each, index) => ({
    id: index + 1,
    vector: Array.from({ length: EXAMPLE_SIZE }, () => next() * 2 - 1),
    payload: {
      color: ['red', 'green', 'blue'][Math.floor(next() * 3)] ?? '',
      price: Math.floor(next() * 100),
      tags: next() < 0.5 ? ['new'] : ['old', 'used'],
      on: next() < 0.5,
    },
  }));
