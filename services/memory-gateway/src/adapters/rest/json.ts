import { malformed } from './refusal.ts';

/** An integer beyond 2^53 in its own digits; shorter texts are what JSON.parse reads exactly. */
const LONG_INTEGER = /(?<![\d.eE+])\d{16,}(?![\d.eE])/;

/** What may be beyond the largest number there is; JSON.parse makes Infinity of it, which no body can mean. */
const HUGE = /[eE]\+?\d{3}|\d{309}/;

/** Parses a body; integers that JavaScript's numbers cannot hold come as bigint, so that ids of 64 bits survive. */
export const parseJson = (body: string): unknown => {
  try {
    if (!LONG_INTEGER.test(body) && !HUGE.test(body)) return JSON.parse(body);
    return JSON.parse(body, (_key, value: unknown, context?: { source?: string }) => {
      if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
      if (/^-?\d+$/.test(context?.source ?? '')) return BigInt(context?.source ?? '');
      if (!Number.isFinite(value)) throw new SyntaxError(`number out of range: ${context?.source ?? ''}`);
      return value;
    });
  } catch (error) {
    return malformed((error as Error).message);
  }
};

const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** Prints an answer; bigints in their digits, floats of 32 bits no longer than they are. */
export const printJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'bigint') return inner;
    const near = Number(inner);
    return Number.isSafeInteger(near) ? near : rawJSON(String(inner));
  });
