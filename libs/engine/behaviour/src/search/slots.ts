import { isRef, type Session, type Value } from '../runtime/graph.ts';

/** A place in a session that holds a value. `key` is the same for like places: array indexes are left out. */
export interface Slot {
  key: string;
  step: number;
  argument: number;
  /** 0: the argument itself. */
  depth: number;
  /** Whether the place is an element of an array, Set or Map. */
  element: boolean;
  get(): Value;
  set(value: Value): void;
}

const slotLimit = 4000;

/** Every place of a session that can be changed: arguments and what plain data holds. */
export function slotsOf(session: Session): Slot[] {
  const out: Slot[] = [];
  const seen = new Set<number>();
  for (const [step, item] of session.steps.entries()) {
    for (let argument = 0; argument < item.args.length; argument++) {
      const key = `${item.id}:${item.op}:${argument}`;
      const base = { step, argument };
      out.push({
        ...base,
        key,
        depth: 0,
        element: false,
        get: () => item.args[argument] as Value,
        set: (value) => (item.args[argument] = value),
      });
      inside(session, item.args[argument] as Value, key, { ...base, depth: 1 }, seen, out);
    }
  }
  return out;
}

function inside(
  session: Session,
  value: Value,
  key: string,
  at: { step: number; argument: number; depth: number },
  seen: Set<number>,
  out: Slot[],
): void {
  if (!isRef(value) || seen.has(value.r) || out.length > slotLimit) return;
  seen.add(value.r);
  const node = session.nodes[value.r];
  if (!node) return;
  const deeper = { ...at, depth: at.depth + 1 };
  const lists: [string, Value[]][] = node.k === 'array' || node.k === 'set' || node.k === 'iterator' ? [['*', node.items]] : [];
  if (node.k === 'map') lists.push(...node.entries.map((entry, index): [string, Value[]] => [`entry ${Math.min(index, 0)}`, entry]));
  for (const [name, items] of lists)
    for (let i = 0; i < items.length; i++) {
      const inner = node.k === 'map' ? `${key}.${i === 0 ? 'key' : 'value'}` : `${key}.${name}`;
      out.push({ ...at, key: inner, element: true, get: () => items[i] as Value, set: (next) => (items[i] = next) });
      inside(session, items[i] as Value, inner, deeper, seen, out);
    }
  // What an instance holds is its own matter: only its methods put it into a state.
  if (node.k !== 'object' || (node.cls !== undefined && node.cls !== null)) return;
  for (const prop of node.props ?? []) {
    const inner = `${key}.${typeof prop[0] === 'string' ? prop[0] : prop[0].sym}`;
    out.push({ ...at, key: inner, element: false, get: () => prop[1], set: (next) => (prop[1] = next) });
    inside(session, prop[1], inner, deeper, seen, out);
  }
}

/** The type of a value, as the domain knows it. */
export function typeOf(value: Value, session: Session): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if ('p' in value) return value.p === 'undefined' || value.p === 'hole' ? value.p : 'number';
  if ('big' in value) return 'bigint';
  if ('sym' in value) return 'symbol';
  if (!isRef(value)) return 'reference';
  return session.nodes[value.r]?.k ?? 'undefined';
}

export const isLeaf = (value: Value): boolean =>
  typeof value === 'string' ||
  typeof value === 'number' ||
  (typeof value === 'object' && value !== null && ('sym' in value || 'big' in value));

/** What was seen at each kind of place. */
export class Observed {
  readonly types = new Map<string, Set<string>>();
  readonly pool = new Map<string, Value[]>();
  /** Keys of the plain objects seen at each place, and how many objects there were. */
  readonly #keys = new Map<string, { objects: number; counts: Map<string, number> }>();
  readonly #lengths = new Map<string, { lengths: Set<number>; seen: number }>();

  constructor(sessions: readonly Session[]) {
    for (const session of sessions)
      for (const slot of slotsOf(session)) {
        const value = slot.get();
        this.#types(slot.key).add(typeOf(value, session));
        this.#noteLength(slot, session);
        this.#noteKeys(slot, session);
        const pool = this.pool.get(slot.key) ?? [];
        if (!isRef(value) && !(typeof value === 'object' && value !== null && 'out' in value) && pool.length < 200) pool.push(value);
        this.pool.set(slot.key, pool);
      }
  }

  #types(key: string): Set<string> {
    const known = this.types.get(key) ?? new Set();
    this.types.set(key, known);
    return known;
  }

  #noteLength(slot: Slot, session: Session): void {
    const value = slot.get();
    const node = isRef(value) ? session.nodes[value.r] : undefined;
    if (node?.k !== 'array' || slot.depth === 0) return;
    const known = this.#lengths.get(slot.key) ?? { lengths: new Set(), seen: 0 };
    known.lengths.add(node.items.length);
    known.seen++;
    this.#lengths.set(slot.key, known);
  }

  #noteKeys(slot: Slot, session: Session): void {
    const value = slot.get();
    const node = isRef(value) ? session.nodes[value.r] : undefined;
    if (node?.k !== 'object') return;
    const known = this.#keys.get(slot.key) ?? { objects: 0, counts: new Map() };
    known.objects++;
    for (const [key] of node.props ?? []) if (typeof key === 'string') known.counts.set(key, (known.counts.get(key) ?? 0) + 1);
    this.#keys.set(slot.key, known);
  }

  /** Some objects at this place had the property, others had not. */
  isOptional(key: string, property: string): boolean {
    const known = this.#keys.get(key);
    return known !== undefined && (known.counts.get(property) ?? 0) < known.objects;
  }

  /** Inner arrays that always had the same few elements are tuples: another length is another type. */
  isTuple(key: string): boolean {
    const known = this.#lengths.get(key);
    return (
      known !== undefined && known.seen > 1 && known.lengths.size === 1 && ![...known.lengths].some((length) => length === 0 || length > 6)
    );
  }

  has(key: string, type: string): boolean {
    return this.types.get(key)?.has(type) === true;
  }
}
