import { copyOf, isRef, type Node, type Session, undefinedValue } from '../runtime/graph.ts';
import { allowed, type Change, pickSlot } from './change-values.ts';
import { toDate } from './date-inputs.ts';
import type { Random } from './random.ts';
import { deepen, recursionsOf } from './recursions.ts';
import { type Slot, slotsOf, typeOf } from './slots.ts';
import { textPairs, variantOf } from './text-variants.ts';

/** A text becomes one near it. */
const toVariant: Change = (session, random, domain) => {
  const slot = pickSlot(session, random, (item) => typeof item.get() === 'string');
  const text = slot?.get();
  if (!slot || typeof text !== 'string') return null;
  slot.set(variantOf(text, random, domain.words.texts));
  return true;
};

/** One text stands at one place, one near it at another: what compares them has to decide. */
const toPair: Change = (session, random, domain) => {
  const slots = slotsOf(session).filter((item) => typeof item.get() === 'string');
  const [a, b] = [random.pick(slots), random.pick(slots)];
  const text = a?.get();
  if (!a || !b || a === b || typeof text !== 'string') return null;
  const [left, right] = random.chance(0.5)
    ? [text, variantOf(text, random, domain.words.texts)]
    : (random.pick(textPairs) as readonly [string, string]);
  a.set(left);
  b.set(right);
  return allowed(a, session, domain, 'string') && allowed(b, session, domain, 'string');
};

const toDeeper: Change = (session, random) => {
  const place = random.pick(recursionsOf(session));
  return place ? deepen(session, place) : null;
};

/** Bytes of a buffer: others, high ones, fewer, none, more. */
export function changeBytes(node: Node & { k: 'buffer' }, style: number, random: Random): Buffer {
  const bytes = Buffer.from(node.base64, 'base64');
  if (style === 0) return Buffer.alloc(0);
  if (style === 1) return Buffer.concat([bytes, bytes, bytes.subarray(0, 1)]);
  if (style === 2) return bytes.map((byte) => byte | 0x80) as Buffer;
  if (style === 3) return bytes.subarray(0, bytes.length - 1);
  if (bytes.length > 0) bytes[random.below(bytes.length)] = random.pick([0, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0xc3, 0xe2, 0xf0]) ?? 0;
  return bytes;
}

const toBytes: Change = (session, random) => {
  const views = session.nodes.filter((item) => item.k === 'view');
  const view = random.pick(views);
  const buffer = view && isRef(view.buffer) ? session.nodes[view.buffer.r] : undefined;
  if (view?.k !== 'view' || buffer?.k !== 'buffer' || view.offset !== 0) return null;
  // Of a wider type the length in bytes is a multiple: only the content changes.
  const isBytes = /^(?:Buffer|Uint8Array|Int8Array|Uint8ClampedArray)$/.test(view.type);
  const made = changeBytes(buffer, isBytes ? random.below(7) : 4, random);
  buffer.base64 = made.toString('base64');
  if (isBytes) view.length = made.length;
  return true;
};

/** Flags that change where a pattern begins and what it leaves behind; whoever hands a pattern in may have set them. */
const flagStyles: readonly string[] = ['g', 'y', 'i', 'gy'];

function addFlags(node: Node & { k: 'regexp' }, flags: string): boolean {
  const before = node.flags;
  node.flags = [...new Set(before + flags)].toSorted().join('');
  return node.flags !== before;
}

const toFlags: Change = (session, random) => {
  const node = random.pick(session.nodes.filter((item) => item.k === 'regexp'));
  return node?.k === 'regexp' && addFlags(node, random.pick(flagStyles) ?? 'g') ? true : null;
};

/** Every pattern handed in, with other flags. */
export function patternInputs(session: Session): (() => { session: Session; origin: string; in_domain: boolean } | null)[] {
  const patterns = session.nodes.flatMap((node, index) => (node.k === 'regexp' ? [index] : []));
  return flagStyles.flatMap((flags) =>
    patterns.slice(0, 3).map((index) => () => {
      const copy = copyOf(session);
      const node = copy.nodes[index];
      return node?.k === 'regexp' && addFlags(node, flags) ? { session: copy, origin: session.key, in_domain: true } : null;
    }),
  );
}

const plainObjects = (session: Session): { slot: Slot; node: Node & { k: 'object' } }[] =>
  slotsOf(session).flatMap((slot) => {
    const value = slot.get();
    const node = isRef(value) ? session.nodes[value.r] : undefined;
    return node?.k === 'object' && node.cls === undefined && node.state === undefined ? [{ slot, node }] : [];
  });

/** Styles of change of plain objects; `null` where the style does not apply. */
export const objectStyles: readonly ((
  node: Node & { k: 'object' },
  slot: Slot,
  session: Session,
  domain: Parameters<Change>[2],
) => boolean | null)[] = [
  (node) => {
    node.inherits = [['inherited', node.props?.[0]?.[1] ?? 'inherited']];
    return true;
  },
  (node) => {
    node.cls = null;
    return true;
  },
  // What no loop over keys visits, as errors and objects made by decorators have it.
  (node) => {
    node.props = [...(node.props ?? []), ['codeoptima-hidden', 'not enumerable', 'e']];
    return true;
  },
  (node, slot, _session, domain) => {
    node.props = [...(node.props ?? []), [{ sym: 'codeoptima-probe', kind: 'local' }, 'under a symbol']];
    return domain.carries(slot.key, 'symbol key');
  },
  (node, slot, session, domain) => {
    const prop = node.props?.find(([key]) => typeof key === 'string' && domain.observed.isOptional(slot.key, key)) ?? node.props?.at(-1);
    if (!prop) return null;
    const isOptional = typeof prop[0] === 'string' && domain.observed.isOptional(slot.key, prop[0]);
    prop[1] = undefinedValue;
    return (
      isOptional || domain.carries(`${slot.key}.${typeof prop[0] === 'string' ? prop[0] : prop[0].sym}`, typeOf(undefinedValue, session))
    );
  },
  (node, slot, _session, domain) => {
    const at = (node.props ?? []).findIndex(([key]) => typeof key === 'string' && domain.observed.isOptional(slot.key, key));
    if (at < 0) return null;
    node.props?.splice(at, 1);
    return true;
  },
  (node) => {
    if ((node.props?.length ?? 0) < 2) return null;
    node.props?.reverse();
    return true;
  },
];

const toObjectEdge: Change = (session, random, domain) => {
  const found = random.pick(plainObjects(session));
  const style = random.pick(objectStyles);
  return found && style ? style(found.node, found.slot, session, domain) : null;
};

export const dataChanges: readonly [weight: number, change: Change][] = [
  [4, toVariant],
  [4, toPair],
  [2, toDeeper],
  [2, toDate],
  [4, toBytes],
  [1, toFlags],
  [3, toObjectEdge],
];

/** Each style of change on the first plain object of each kind of place. */
export function objectInputs(session: Session, domain: Parameters<Change>[2]): (() => { session: Session; in_domain: boolean } | null)[] {
  const places = new Map(
    plainObjects(session)
      .map(({ slot }, index) => [slot.key, index] as const)
      .reverse(),
  );
  return [...places.values()].slice(0, 4).flatMap((index) =>
    objectStyles.map((style) => () => {
      const copy = copyOf(session);
      const found = plainObjects(copy)[index];
      const verdict = found ? style(found.node, found.slot, copy, domain) : null;
      return verdict === null ? null : { session: copy, in_domain: verdict };
    }),
  );
}
