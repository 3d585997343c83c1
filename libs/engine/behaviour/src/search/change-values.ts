import * as fc from 'fast-check';
import { isRef, type Node, type Session, undefinedValue, type Value } from '../runtime/graph.ts';
import { arbitraryFor, edges, foreign } from './edge-values.ts';
import type { Random } from './random.ts';
import type { SourceWords } from '../instrument/source-words.ts';
import { dataChanges } from './change-data.ts';
import { cloneValue } from './clone-value.ts';
import { toIterator } from './iterator-forms.ts';
import { isLeaf, type Observed, type Slot, slotsOf, typeOf } from './slots.ts';
import { throwing } from './throwing-inputs.ts';

/** What the search knows about the domain when it changes a value. */
export interface Domain {
  observed: Observed;
  /** Whether the code treats this place opaquely. */
  isParametric(key: string): boolean;
  /** Whether the base carries values of this kind through the place. */
  carries(key: string, type: string): boolean;
  /** Declared types of an argument, or null. */
  declared(session: Session, slot: Slot): string[] | null;
  /** Declared types of a place inside an argument, or null; they add to what was seen there. */
  declared_inside(session: Session, slot: Slot): string[] | null;
  /** How a place may be iterated that is declared to hold any iterable. */
  iterated(session: Session, slot: Slot): readonly ('sync' | 'async')[];
  /** What the changed functions speak of. */
  words: SourceWords;
  /** The base takes care to tell a property that is not there from one without a value. */
  tells_missing: boolean;
}

/** Changes the session in place; returns whether it is still inside the domain, or null when nothing could be changed. */
export type Change = (session: Session, random: Random, domain: Domain) => boolean | null;

/** Any place, or one of any kind of place: long lists would else leave nothing to what stands beside them. */
export function pickSlot(session: Session, random: Random, want: (slot: Slot) => boolean): Slot | undefined {
  const slots = slotsOf(session).filter(want);
  if (random.chance(0.5)) return random.pick(slots);
  const key = random.pick([...new Set(slots.map((slot) => slot.key))]);
  return random.pick(slots.filter((slot) => slot.key === key));
}

const toEdge: Change = (session, random, domain) => {
  const slot = pickSlot(session, random, (item) => typeOf(item.get(), session) in edges);
  if (!slot) return null;
  const type = typeOf(slot.get(), session);
  if (type === 'number' && random.chance(0.4)) {
    const old = slot.get();
    if (typeof old === 'number')
      slot.set((random.chance(0.3) ? random.pick(domain.words.numbers) : undefined) ?? old + (random.chance(0.5) ? 1 : -1));
  } else slot.set(random.pick(edges[type] ?? []) ?? slot.get());
  return allowed(slot, session, domain, type);
};

/** One edge value at two places, so that what meets there is at the edge too. */
const toEdgeTwice: Change = (session, random, domain) => {
  const slots = slotsOf(session).filter((item) => typeOf(item.get(), session) in edges);
  const first = random.pick(slots);
  const type = first && typeOf(first.get(), session);
  const second = random.pick(slots.filter((item) => item !== first && typeOf(item.get(), session) === type));
  const value = type === undefined ? undefined : random.pick(edges[type] ?? []);
  if (!first || !second || type === undefined || value === undefined) return null;
  first.set(value);
  second.set(value);
  return allowed(first, session, domain, type) && allowed(second, session, domain, type);
};

const toFresh: Change = (session, random, domain) => {
  const slot = pickSlot(session, random, (item) => typeof item.get() === 'string' || typeof item.get() === 'number');
  if (!slot) return null;
  const arbitrary = arbitraryFor(
    [...(domain.observed.pool.get(slot.key) ?? []), slot.get()].filter((value) => typeof value === typeof slot.get()),
    domain.words.texts,
  );
  if (!arbitrary) return null;
  const [made] = fc.sample(arbitrary, { numRuns: 1, seed: random.below(0x7fffffff) });
  if (made === undefined) return null;
  slot.set(made);
  return allowed(slot, session, domain, typeOf(made, session));
};

const fromPool: Change = (session, random, domain) => {
  const slot = pickSlot(session, random, (item) => (domain.observed.pool.get(item.key)?.length ?? 0) > 1);
  if (!slot) return null;
  slot.set(random.pick(domain.observed.pool.get(slot.key) ?? []) ?? slot.get());
  return true;
};

/** The same value at two places: duplicates and keys that meet. */
const copyBetween: Change = (session, random, domain) => {
  const from = pickSlot(session, random, () => true);
  if (!from) return null;
  const type = typeOf(from.get(), session);
  const to = pickSlot(session, random, (item) => item !== from && domain.observed.has(item.key, type) && item.get() !== from.get());
  if (!to || type === 'reference') return null;
  to.set(from.get());
  return true;
};

const toForeign: Change = (session, random, domain) => {
  const slot = pickSlot(session, random, (item) => isLeaf(item.get()));
  if (!slot) return null;
  const made = random.chance(0.5) ? fresh(session, { k: 'object', props: [['id', 1]] }) : (random.pick(foreign) as Value);
  slot.set(made);
  return allowed(slot, session, domain, typeOf(made, session));
};

/** All values of one place become objects, symbols or a mixture, equal ones the same: what code that compares by identity allows. */
const groupToForeign: Change = (session, random, domain) => (makeForeign(session, random.below(4), domain) ? true : null);

/** Styles: 0 objects that look alike, 1 symbols, 2 numbers mixed with their texts, 3 a mixture of all. */
export function makeForeign(session: Session, style: number, domain: Domain): boolean {
  const made = new Map<string, Value>();
  for (const slot of slotsOf(session)) {
    const old = slot.get();
    if (!isLeaf(old) || !domain.isParametric(slot.key)) continue;
    const name = JSON.stringify(old);
    if (!made.has(name)) made.set(name, foreignValue(session, style === 3 ? made.size % 3 : style, made.size));
    slot.set(made.get(name) as Value);
  }
  return made.size > 0;
}

function foreignValue(session: Session, style: number, index: number): Value {
  if (style === 0) return fresh(session, { k: 'object', props: [['id', 1]] });
  if (style === 1) return { sym: `tag ${index}`, kind: 'local' };
  return index % 2 === 0 ? Math.floor(index / 2) : String(Math.floor(index / 2));
}

function fresh(session: Session, node: Node): Value {
  session.nodes.push(node);
  return { r: session.nodes.length - 1 };
}

const toNothing: Change = (session, random, domain) => {
  const slot = pickSlot(session, random, (item) => typeOf(item.get(), session) !== 'reference');
  if (!slot) return null;
  const made = random.chance(0.5) ? undefinedValue : null;
  slot.set(made);
  return allowed(slot, session, domain, typeOf(made, session));
};

const dropArgument: Change = (session, random, domain) => {
  const step = random.pick(session.steps.filter((item) => item.args.length > 0));
  if (!step) return null;
  const index = step.args.length - 1;
  const slot = slotsOf(session).find((item) => session.steps[item.step] === step && item.argument === index && item.depth === 0);
  const isIn = slot ? allowed(slot, session, domain, 'undefined') : false;
  step.args.pop();
  return isIn;
};

/** Same type, an allowed declaration, or a place the code does not look into. */
export function allowed(slot: Slot, session: Session, domain: Domain, type: string): boolean {
  const declared = domain.declared(session, slot);
  if (declared) return declared.includes(type);
  if (domain.declared_inside(session, slot)?.includes(type) === true) return true;
  return domain.observed.has(slot.key, type) || domain.isParametric(slot.key) || domain.carries(slot.key, type);
}

const listAt = (session: Session, random: Random): { node: Node & { k: 'array' | 'set' | 'iterator' }; key: string } | null => {
  const slot = pickSlot(session, random, (item) => {
    const value = item.get();
    const node = isRef(value) ? session.nodes[value.r] : undefined;
    return isList(node) && node.state === undefined;
  });
  const value = slot?.get();
  const node = value !== undefined && isRef(value) ? session.nodes[value.r] : undefined;
  return slot && isList(node) ? { node, key: slot.key } : null;
};

const isList = (node: Node | undefined): node is Node & { k: 'array' | 'set' | 'iterator' } =>
  node?.k === 'array' || node?.k === 'set' || node?.k === 'iterator';

const resize: Change = (session, random, domain) => {
  const list = listAt(session, random);
  if (!list) return null;
  const isIn = !domain.observed.isTuple(list.key);
  const { items } = list.node;
  const factor = random.pick([0, 1, 2, 10]) as number;
  if (factor === 0) items.length = 0;
  else if (factor === 1) items.length = Math.min(items.length, 1);
  else if (items.length * factor <= 3000) {
    const size = items.length;
    for (let i = 0; i < size * (factor - 1); i++) items.push(cloneValue(session, items[i % size] as Value));
  }
  return isIn;
};

const editList: Change = (session, random, domain) => {
  const list = listAt(session, random);
  if (!list) return null;
  const { items } = list.node;
  const at = random.below(items.length + 1);
  const isIn = !domain.observed.isTuple(list.key);
  switch (random.below(5)) {
    case 0:
      items.splice(at, 1);
      return isIn;
    case 1: {
      const item = items[at];
      if (item !== undefined) items.splice(random.below(items.length + 1), 0, random.chance(0.5) ? item : cloneValue(session, item));
      return isIn;
    }
    case 2:
      items.reverse();
      return true;
    case 3: {
      const pool = domain.observed.pool.get(`${list.key}.*`) ?? [];
      if (pool.length === 0) return null;
      items.splice(at, 0, random.pick(pool) as Value);
      return isIn;
    }
    default: {
      if (list.node.k !== 'array') return null;
      items.splice(at, 0, { p: 'hole' });
      return domain.observed.has(`${list.key}.*`, 'hole') || domain.carries(`${list.key}.*`, 'hole');
    }
  }
};

const resizeText: Change = (session, random) => {
  const slot = pickSlot(session, random, (item) => typeof item.get() === 'string');
  const text = slot?.get();
  if (!slot || typeof text !== 'string') return null;
  const factor = random.pick([0, 1, 2, 10]) as number;
  slot.set(factor === 0 ? '' : factor === 1 ? [...text].slice(0, 1).join('') : text.length * factor < 50_000 ? text.repeat(factor) : text);
  return true;
};

const freeze: Change = (session, random) => {
  const nodes = session.nodes.filter(
    (node) => (node.k === 'array' || node.k === 'object') && node.state === undefined && node.cls === undefined,
  );
  const node = random.pick(nodes);
  if (!node) return null;
  node.state = 'frozen';
  return true;
};

const alias: Change = (session, random) => {
  const refs = slotsOf(session).filter((slot) => slot.depth === 0 && isRef(slot.get()));
  const [a, b] = [random.pick(refs), random.pick(refs)];
  if (!a || !b || a === b || typeOf(a.get(), session) !== typeOf(b.get(), session)) return null;
  b.set(a.get());
  return true;
};

const arrayLike: Change = (session, random) => {
  const slot = pickSlot(session, random, (item) => item.depth === 0 && typeOf(item.get(), session) === 'array');
  const value = slot?.get();
  const node = value !== undefined && isRef(value) ? session.nodes[value.r] : undefined;
  if (!slot || node?.k !== 'array') return null;
  slot.set(
    fresh(session, {
      k: 'object',
      props: [...node.items.map((item, index): [string, Value] => [String(index), item]), ['length', node.items.length]],
    }),
  );
  return false;
};

const accessor: Change = (session, random) => {
  const node = random.pick(session.nodes.filter((item) => item.k === 'object' && item.cls === undefined && (item.props?.length ?? 0) > 0));
  const prop = random.pick(node?.props ?? []);
  if (!prop) return null;
  prop[2] = 'a';
  return false;
};

const subclass: Change = (session, random) => {
  const node = random.pick(session.nodes.filter((item) => item.k === 'array' && item.cls === undefined));
  if (!node) return null;
  node.cls = { name: 'CodeoptimaArray' };
  return false;
};

const withoutPrototype: Change = (session, random) => {
  const node = random.pick(session.nodes.filter((item) => item.k === 'object' && item.cls === undefined));
  if (!node) return null;
  node.cls = null;
  return true;
};

const reentrant: Change = (session, random) => {
  const node = random.pick(
    session.nodes.filter((item) => item.k === 'function' && (item.source !== undefined || item.answers !== undefined)),
  );
  if (node?.k !== 'function') return null;
  const others = session.steps.flatMap((step, index) => (step.op === 'method' || step.op === 'apply' ? [index] : []));
  const other = random.chance(0.5) ? random.pick(others) : undefined;
  node.reenter = other === undefined ? true : { step: other };
  return true;
};

export const valueChanges: readonly [weight: number, change: Change][] = [
  [6, toEdge],
  [4, toEdgeTwice],
  [6, toFresh],
  [4, fromPool],
  [4, copyBetween],
  [2, toForeign],
  [5, groupToForeign],
  [2, toNothing],
  [1, dropArgument],
  [4, resize],
  [5, editList],
  [2, resizeText],
  [1, freeze],
  [1, alias],
  [2, throwing],
  [1, arrayLike],
  [1, accessor],
  [1, subclass],
  [1, withoutPrototype],
  [2, reentrant],
  [3, toIterator],
  ...dataChanges,
];
