import * as fc from 'fast-check';
import { Random } from '../search/random.ts';

const MATCHES = 3;
/** Random numbers that one pattern may use up; ordinary ones take some tens for each text. */
const DRAWS_MAX = 20_000;
const LAST_CODE_POINT = 0x10_ff_ff;

/** Texts that a pattern matches, and the characters it names one by one. Ends for every pattern, the same for the same seed. */
export function textsOfPattern(pattern: string, flags: string, seed: number): string[] {
  const out: string[] = [];
  try {
    const expression = new RegExp(pattern, flags.replaceAll(/[gy]/g, ''));
    // Anchors and look-around say where, not what.
    const open = new RegExp(withPositiveClasses(pattern, expression.flags).replaceAll(/^\^|(?<!\\)\$$/g, ''), expression.flags);
    const randomType = (from: number): BoundedSource => new BoundedSource(new Random(from));
    out.push(...fc.sample(fc.stringMatching(open, { size: 'xsmall' }), { numRuns: MATCHES, seed, randomType }));
  } catch {
    // What the generator cannot read (look-behind, for one), or not within the bound, is left to its characters.
  }
  return [...out, ...namedCharacters(pattern)];
}

/** Ends a generator that keeps throwing away what it made: it looks for a character outside a class among the printable ones of ASCII alone. */
class BoundedSource {
  #left = DRAWS_MAX;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): number {
    if (this.#left-- <= 0) throw new RangeError(`no text of this pattern within ${DRAWS_MAX} random numbers`);
    return Math.floor(this.#random.next() * 2 ** 32) | 0;
  }

  // One bound and one state for all that is generated from here.
  clone(): this {
    return this;
  }

  getState(): readonly number[] {
    return [this.#left];
  }
}

/** One character of each kind that code tells apart: what a negated class lets through is picked from these. */
const KINDS = ['a', 'Z', '0', ' ', '-', '"', '<', '\n', '\0', '\x7F', '\xA0', 'é', '\u0301', '\u200B', '中', '\uFEFF', '😀'];

/** `[^…]` as a class of the few characters of KINDS that it lets through, where there are any. */
function withPositiveClasses(pattern: string, flags: string): string {
  if (flags.includes('v')) return pattern;
  return pattern.replaceAll(/\\[\s\S]|\[(\^?)(?:\\[\s\S]|[^\]\\])*\]/g, (part, negative: string | undefined) => {
    if (negative !== '^') return part;
    const alone = new RegExp(`^${part}$`, flags);
    const through = KINDS.filter((kind) => (flags.includes('u') || kind.length === 1) && alone.test(kind));
    return through.length === 0 ? part : `[${through.map((kind) => (kind === '-' ? '\\-' : kind)).join('')}]`;
  });
}

/** Characters of a pattern that stand for themselves, those inside a class among them. */
function namedCharacters(pattern: string): string[] {
  const out: string[] = [];
  let isInClass = false;
  for (const [token] of pattern.matchAll(/\\x[\da-f]{2}|\\u\{[\da-f]+\}|\\u[\da-f]{4}|\\[\s\S]|[\s\S]/gi)) {
    if (token === '[' && !isInClass) isInClass = true;
    else if (token === ']') isInClass = false;
    else if (/^\\[a-z]$/i.test(token)) out.push(...(CONTROLS[token.slice(1)] ?? ''));
    else if (isInClass ? !/^[\^\w-]$/.test(token) : !/^[()[\]{}|^$*+?.\w:=!<]$/.test(token)) out.push(unescaped(token));
  }
  return out;
}

const CONTROLS: Record<string, string> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', 0: '\0' };

function unescaped(text: string): string {
  if (!text.startsWith('\\')) return text;
  const code = /^\\(?:x|u\{?)([\da-f]+)/i.exec(text)?.[1];
  if (code !== undefined) return String.fromCodePoint(Math.min(parseInt(code, 16), LAST_CODE_POINT));
  return text.slice(1);
}
