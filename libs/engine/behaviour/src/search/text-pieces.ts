import { copyOf, type Session } from '../runtime/graph.ts';
import { slotsOf } from './slots.ts';
import type { Make } from './systematic.ts';

const PLACES_MAX = 3;
const MARKS_MAX = 3;
const STARTS = [1, 2, 3, 4];

/** Short pieces of a text around one of its marks: a field without its name, without its value, nothing but the mark. */
const aroundMark: readonly ((text: string, at: number) => string)[] = [
  (text, at) => text.slice(at, at + 2),
  (text, at) => text.slice(at - 1, at + 1),
  (text, at) => text.charAt(at),
  (text, at) => text.slice(at - 1, at + 2),
  (text, at) => text.charAt(at) + text.charAt(at),
  (text, at) => text.slice(0, at + 1),
  (text, at) => text.slice(at),
  (text, at) => text.slice(0, at),
  (text, at) => text.slice(at + 1),
];

/** Pieces of texts that were seen, the shortest that still have a mark first: what a length that is computed once, or a loop that begins late, gets wrong. */
export function pieceInputs(session: Session): Make[] {
  const places = new Map<string, number>();
  for (const [index, slot] of slotsOf(session).entries())
    if (typeof slot.get() === 'string' && slot.get() !== '' && !places.has(slot.key)) places.set(slot.key, index);
  return [...places.values()].slice(0, PLACES_MAX).flatMap((index) => {
    const text = slotsOf(session)[index]?.get() as string;
    const pieces = [
      ...marksOf(text).flatMap((at) => aroundMark.map((piece) => piece(text, at))),
      ...STARTS.map((end) => text.slice(0, end)),
    ];
    return [...new Set(pieces)]
      .filter((piece) => piece !== text && piece !== '')
      .map((piece) => () => {
        const copy = copyOf(session);
        slotsOf(copy)[index]?.set(piece);
        return { session: copy, origin: session.key, in_domain: true };
      });
  });
}

/** Where each kind of mark stands first: what is neither letter, digit nor space. */
function marksOf(text: string): number[] {
  const first = new Map<string, number>();
  for (const { index, 0: mark } of text.matchAll(/[^\p{L}\p{N}\s]/gu)) {
    if (index > 0 && !first.has(mark)) first.set(mark, index);
    if (first.size >= MARKS_MAX) break;
  }
  return [...first.values()];
}
