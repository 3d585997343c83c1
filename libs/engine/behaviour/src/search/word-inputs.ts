import type { SourceWords } from '../instrument/source-words.ts';
import { copyOf, isRef, type Node, type Session, type Value } from '../runtime/graph.ts';
import { allowed, type Domain } from './change-values.ts';
import { cloneValue } from './clone-value.ts';
import { type Slot, slotsOf, typeOf } from './slots.ts';
import type { Make } from './systematic.ts';

const PLACES_MAX = 3;
const LIST_MAX = 3000;
const POSITIONS_MAX = 6;

/** How a word of the source is put into a text that was seen. */
const wordForms: readonly ((text: string, word: string) => string)[] = [
  (text, word) => text.slice(0, text.length >> 1) + word + text.slice(text.length >> 1),
  // Between two of the same, so that beginning and end of the one are the other.
  (text, word) => text + word + text,
  (_text, word) => word,
  (text, word) => text + word,
  (text, word) => word + text,
  // Twice in a row inside, as escapes and separators stand.
  (text, word) => text.slice(0, text.length >> 1) + word + word + text.slice(text.length >> 1),
  // Around it, as quotes and brackets stand, and around a part that has the word inside.
  (text, word) => word + text.slice(0, text.length >> 1) + word + text.slice(text.length >> 1) + word,
  (text, word) => text.replace(word, () => word + word),
];

/** What the changed code speaks of, at each place of its kind: texts put into texts, numbers as numbers and as lengths of lists. */
export function wordInputs(session: Session, domain: Domain, words: SourceWords): Make[] {
  const texts = firstOfEachKey(session, (slot) => typeof slot.get() === 'string');
  const numbers = firstOfEachKey(session, (slot) => typeOf(slot.get(), session) === 'number');
  const lists = firstOfEachKey(session, (slot) => isOpenList(slot, session, domain));
  return [
    ...words.numbers.flatMap((number) => numbers.map((index) => atSlot(session, index, (slot) => put(slot, numeric(number))))),
    ...sizesOf(words).flatMap((size) => lists.map((index) => atSlot(session, index, (slot, copy) => resized(slot, copy, size)))),
    ...wordForms.flatMap((form) =>
      words.texts.flatMap((word) =>
        texts.map((index) =>
          atSlot(session, index, (slot) => {
            const text = slot.get() as string;
            const made = form(text, word);
            return made !== text && put(slot, made);
          }),
        ),
      ),
    ),
  ];
}

/** Small changes of a text at its ends, in its middle and at what separates its parts. */
const editForms: readonly ((text: string, at: number) => string)[] = [
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at) => `${text.slice(0, at)}z${text.slice(at + 1)}`,
  (text, at) => text.slice(0, at) + text.charAt(at) + text.slice(at),
  (text, at) => `${text.slice(0, at)} ${text.slice(at + 1)}`,
  (text, at) => text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2),
  (text, at) => `${text.slice(0, at)}7${text.slice(at + 1)}`,
];

/** Texts one letter away from those seen. */
export function editInputs(session: Session): Make[] {
  const texts = firstOfEachKey(session, (slot) => typeof slot.get() === 'string' && slot.get() !== '');
  return editForms.flatMap((form) =>
    texts.flatMap((index) => {
      const text = slotsOf(session)[index]?.get() as string;
      return positionsOf(text).map((at) => atSlot(session, index, (slot) => put(slot, form(text, at))));
    }),
  );
}

/** The ends first, then what separates, then the middle. */
function positionsOf(text: string): number[] {
  const marks = [...text.matchAll(/[^\p{L}\p{N}]/gu)].map((match) => match.index);
  const wanted = [text.length - 1, 0, ...marks.slice(0, 2), ...marks.slice(-1), text.length >> 1, 1];
  return [...new Set(wanted.filter((at) => at >= 0 && at < text.length))].slice(0, POSITIONS_MAX);
}

const put = (slot: Slot, value: Value): boolean => {
  slot.set(value);
  return true;
};

const numeric = (value: number): Value => (Object.is(value, -0) ? { p: '-0' } : value);

const sizesOf = (words: SourceWords): number[] =>
  words.numbers.filter((number) => Number.isInteger(number) && number >= 2 && number <= LIST_MAX);

function listOf(slot: Slot, session: Session): (Node & { k: 'array' }) | null {
  const value = slot.get();
  const node = isRef(value) ? session.nodes[value.r] : undefined;
  return node?.k === 'array' && node.state === undefined ? node : null;
}

const isOpenList = (slot: Slot, session: Session, domain: Domain): boolean =>
  (listOf(slot, session)?.items.length ?? 0) > 0 && !domain.observed.isTuple(slot.key);

function resized(slot: Slot, session: Session, size: number): boolean {
  const list = listOf(slot, session);
  if (!list) return false;
  const before = list.items.slice();
  if (before.length === size) return false;
  list.items.length = Math.min(size, before.length);
  for (let at = before.length; at < size; at++) list.items.push(cloneValue(session, before[at % before.length] as Value));
  return true;
}

/** Index of the first place of each kind that is wanted. */
function firstOfEachKey(session: Session, want: (slot: Slot) => boolean): number[] {
  const found = new Map<string, number>();
  for (const [index, slot] of slotsOf(session).entries()) if (!found.has(slot.key) && want(slot)) found.set(slot.key, index);
  return [...found.values()].slice(0, PLACES_MAX);
}

/** A copy of the session, changed at one place; the kind of value there stays what it was. */
function atSlot(session: Session, index: number, change: (slot: Slot, copy: Session) => boolean): Make {
  return () => {
    const copy = copyOf(session);
    const slot = slotsOf(copy)[index];
    return slot && change(slot, copy) ? { session: copy, origin: session.key, in_domain: true } : null;
  };
}

const CROSSED_LEAVES = 6;
const CROSSED_LISTS = 6;
const CROSSED_VALUES = 6;

/** Values that stand at one place of a session, put where others of their kind stand: what is searched for is found, what is listed refers to what is there. */
export function crossedInputs(session: Session, domain: Domain): Make[] {
  const slots = slotsOf(session);
  const leaves = slots.flatMap((slot, index) => (/^(?:string|number)$/.test(typeOf(slot.get(), session)) ? [index] : []));
  const pool = [...new Set(leaves.map((index) => slots[index]?.get() as Value)), ...keysOf(session)];
  const ofType = (type: string): Value[] => spread(pool.filter((value) => typeOf(value, session) === type));
  const alone = leaves.filter((index) => slots[index]?.depth === 0).slice(0, CROSSED_LEAVES);
  const lists = slots
    .flatMap((slot, index) => (listOf(slot, session) && !domain.observed.isTuple(slot.key) ? [index] : []))
    .slice(0, CROSSED_LISTS);
  const put_alone = alone.map((index) => {
    const type = typeOf(slots[index]?.get() as Value, session);
    const others = ofType(type).filter((value) => value !== slots[index]?.get());
    return others.map((value) => atSlot(session, index, (slot) => put(slot, value)));
  });
  const put_in_lists = lists.map((index) => {
    const type = elementType(slots, index, session);
    return (type === null ? [] : ofType(type)).map((value) =>
      atSlot(session, index, (slot, copy) => (listOf(slot, copy)?.items.push(value) ?? 0) > 0 && allowed(slot, copy, domain, 'array')),
    );
  });
  return [...inTurn(put_alone), ...inTurn(put_in_lists)];
}

/** The first of each, then the second of each: no place waits for all values of another. */
function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1))).flat();
}

/** Names under which plain objects hold their values: in a table they are values themselves. */
function keysOf(session: Session): string[] {
  const keys = session.nodes.flatMap((node) =>
    node.k === 'object' && node.cls === undefined ? (node.props ?? []).flatMap(([key]) => (typeof key === 'string' ? [key] : [])) : [],
  );
  return [...new Set(keys)];
}

/** The one kind of leaf in a list; of an empty one, that of the first list beside it that has any. */
function elementType(slots: readonly Slot[], index: number, session: Session): string | null {
  const own = listOf(slots[index] as Slot, session);
  const beside = slots
    .flatMap((slot) => listOf(slot, session) ?? [])
    .find((list) => list.items.length > 0 && list.items.every((item) => !isRef(item)));
  const items = own && own.items.length > 0 ? own.items : (beside?.items ?? []);
  const types = new Set(items.map((item) => typeOf(item, session)));
  const [type] = types;
  return types.size === 1 && type !== undefined && /^(?:string|number)$/.test(type) ? type : null;
}

/** Some of the values, from the middle and from the beginning in turn: what lies near where a walk begins or ends says least about the way. */
function spread(values: readonly Value[]): Value[] {
  const rest = values.slice(CROSSED_VALUES / 2);
  const stride = Math.max(1, Math.floor(rest.length / (CROSSED_VALUES / 2)));
  const far = rest.filter((_, at) => at % stride === stride - 1).slice(0, CROSSED_VALUES / 2);
  return inTurn([far, values.slice(0, CROSSED_VALUES / 2)]);
}
