import { copyOf, isRef, type Node, type Session, type Value } from '../runtime/graph.ts';
import { allowed, type Domain } from './change-values.ts';
import { cloneValue } from './clone-value.ts';
import { nearlySame } from './object-pairs.ts';
import { type Slot, slotsOf } from './slots.ts';
import type { Make } from './systematic.ts';

const PAIRS_MAX = 3;
const WORDS_MAX = 24;

/** How one text is made of another and a word of the source: what is looked for, and where. Ends that overlap in the middle come first. */
const related: readonly ((text: string, word: string) => string)[] = [
  (text, word) => text + word + text,
  (text, word) => text.slice(0, (text.length >> 1) + 1) + word + text.slice(text.length >> 1),
  (text, word) => text + word,
  (text, word) => word + text,
  (text, word) => text.slice(0, text.length >> 1) + word + text.slice(text.length >> 1),
  (text, word) => text.slice(0, 1) + word + text.slice(-1),
  (text, word) => word + text.slice(1, -1) + word,
];

/** How one text is made of another alone. */
const derived: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.slice(0, -1),
  (text) => text.slice(1),
  (text) => text + text,
  (text) => text.toUpperCase(),
  (text) => [...text].reverse().join(''),
];

/** Runs of digits no number holds exactly, that differ in their last digit alone, and such as differ in their zeros. */
const digits: readonly (readonly [string, string])[] = [
  ['9007199254740993', '9007199254740992'],
  ['12345678901234567891', '12345678901234567892'],
  ['00000000000000000001', '1'],
  ['1'.repeat(400), `${'1'.repeat(399)}2`],
];

interface RelatedTexts {
  /** With words that stand in what was seen: the syntax of it. */
  spoken: Make[];
  /** With the other words of the source. */
  other: Make[];
}

/** Two texts of a call, one made of the other: with words of the source between its parts, or by its digits. */
export function relatedTexts(session: Session, domain: Domain): RelatedTexts {
  const pairs = textPairsOf(session);
  const words = domain.words.texts.slice(0, WORDS_MAX);
  const isSpoken = spokenIn(session, domain);
  const made = (pair: readonly [number, number], change: (from: string) => string): Make => {
    return () => {
      const copy = copyOf(session);
      const slots = slotsOf(copy);
      const [from, to] = pair.map((index) => slots[index] as Slot) as [Slot, Slot];
      const text = change(from.get() as string);
      if (text === to.get()) return null;
      to.set(text);
      return { session: copy, origin: session.key, in_domain: allowed(to, copy, domain, 'string') };
    };
  };
  const withWords = (chosen: readonly string[]): Make[] =>
    related.flatMap((form) => chosen.flatMap((word) => pairs.map((pair) => made(pair, (text) => form(text, word)))));
  return {
    spoken: [
      ...digitPairs(session, pairs[0], domain),
      ...withWords(words.filter(isSpoken)),
      ...derived.flatMap((form) => pairs.map((pair) => made(pair, form))),
    ],
    other: withWords(words.filter((word) => !isSpoken(word))),
  };
}

/** Tells the words that stand in texts seen at the places of a session; letters and digits among them say little. */
function spokenIn(session: Session, domain: Domain): (word: string) => boolean {
  const keys = new Set(slotsOf(session).map((slot) => slot.key));
  const seen = [...keys].flatMap((key) => (domain.observed.pool.get(key) ?? []).filter((value) => typeof value === 'string'));
  return (word) => !/^[\p{L}\p{N}]+$/u.test(word) && seen.some((text) => text.includes(word));
}

/** Where texts with digits were seen, long runs of them: at both places. */
function digitPairs(session: Session, pair: readonly [number, number] | undefined, domain: Domain): Make[] {
  const slots = slotsOf(session);
  const texts = pair?.map((index) => slots[index]?.get() as string);
  if (!pair || !texts?.some((text) => /\d/.test(text))) return [];
  return digits.map(
    (runs): Make =>
      () => {
        const copy = copyOf(session);
        const own = slotsOf(copy);
        for (const [turn, index] of pair.entries()) {
          const text = texts[0] as string;
          const run = runs[turn] as string;
          own[index]?.set(/\d/.test(text) ? text.replace(/\d+/, run) : `${text}${run}`);
        }
        return {
          session: copy,
          origin: session.key,
          in_domain: pair.every((index) => allowed(own[index] as Slot, copy, domain, 'string')),
        };
      },
  );
}

/** Places of texts in different arguments of one step, both ways round. */
function textPairsOf(session: Session): (readonly [number, number])[] {
  const first = new Map<string, number>();
  for (const [index, slot] of slotsOf(session).entries()) {
    const key = `${slot.step}.${slot.argument}`;
    if (typeof slot.get() === 'string' && !first.has(key)) first.set(key, index);
  }
  const places = [...first.entries()];
  return places
    .flatMap(([key, a], at) =>
      places.slice(at + 1).flatMap(([other, b]) =>
        key.split('.')[0] === other.split('.')[0]
          ? ([
              [b, a],
              [a, b],
            ] as const)
          : [],
      ),
    )
    .slice(0, PAIRS_MAX);
}

/** Two arguments of one step that are plain objects, the second made of the first and then nearly the same. */
export function relatedObjects(session: Session, domain: Domain): Make[] {
  const found = new Map<string, number[]>();
  for (const [index, slot] of slotsOf(session).entries())
    if (slot.depth === 0 && isRecord(slot.get(), session)) found.set(`${slot.step}`, [...(found.get(`${slot.step}`) ?? []), index]);
  const pairs = [...found.values()].flatMap(([a, b]) => (a === undefined || b === undefined ? [] : [[a, b] as const, [b, a] as const]));
  return pairs.slice(0, PAIRS_MAX).flatMap(([from, to]) =>
    nearlySame.map(
      (form): Make =>
        () => {
          const copy = copyOf(session);
          const slots = slotsOf(copy);
          const [left, right] = [slots[from], slots[to]];
          if (!left || !right) return null;
          right.set(cloneValue(copy, left.get()));
          const nodes = [left, right].map((slot) => copy.nodes[(slot.get() as { r: number }).r] as Node & { k: 'object' });
          form(nodes[0] as Node & { k: 'object' }, nodes[1] as Node & { k: 'object' }, (nodes[0]?.props?.length ?? 1) - 1);
          return { session: copy, origin: session.key, in_domain: domain.tells_missing };
        },
    ),
  );
}

function isRecord(value: Value, session: Session): boolean {
  const node = isRef(value) ? session.nodes[value.r] : undefined;
  return node?.k === 'object' && node.cls === undefined && node.state === undefined && (node.props?.length ?? 0) > 0;
}

const CALLBACKS_MAX = 3;

/** Callbacks that change the list they are handed: whoever loops over it and hands it out lets them. */
export function meddlingInputs(session: Session): Make[] {
  const callbacks = session.nodes.flatMap((node, index) =>
    node.k === 'function' && node.id === undefined && node.builtin === undefined ? [index] : [],
  );
  return (['add', 'remove'] as const).flatMap((meddles) =>
    callbacks.slice(0, CALLBACKS_MAX).map(
      (index): Make =>
        () => {
          const copy = copyOf(session);
          const node = copy.nodes[index];
          if (node?.k !== 'function') return null;
          node.meddles = meddles;
          return { session: copy, origin: session.key, in_domain: true };
        },
    ),
  );
}
