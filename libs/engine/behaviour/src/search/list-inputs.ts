import { copyOf, isOut, isRef, type Node, type Session, type Value } from '../runtime/graph.ts';
import { type Slot, slotsOf } from './slots.ts';
import type { Make } from './systematic.ts';

const LISTS_MAX = 3;
const PIECES_MAX = 400;
const TWINS_MAX = 6;
const BYTES = /^(?:Buffer|Uint8Array)$/;

const made =
  (session: Session, change: (copy: Session) => boolean): Make =>
  () => {
    const copy = copyOf(session);
    return change(copy) ? { session: copy, origin: session.key, in_domain: true } : null;
  };

/** Nothing that was handed in may be written to. */
export const frozenInput = (session: Session): Make =>
  made(session, (copy) => {
    const own = copy.nodes.filter(
      (node) => (node.k === 'array' || node.k === 'object') && node.state === undefined && node.cls === undefined,
    );
    for (const node of own) node.state = 'frozen';
    return own.length > 0;
  });

/** Lists of texts or of bytes cut anew: what they hold is the same when they are put together, and any unit of it may stand alone. */
export function recutInputs(session: Session): Make[] {
  const lists = session.nodes.flatMap((node, index) => (unitsOf(node, session) ? [index] : [])).slice(0, LISTS_MAX);
  return [1, 2, Infinity].flatMap((size) =>
    lists.map((index) =>
      made(session, (copy) => {
        const node = copy.nodes[index];
        const units = unitsOf(node, copy);
        if (node?.k !== 'array' || !units) return false;
        const pieces: Value[] = [];
        for (let at = 0; at < units.length; at += size) pieces.push(units.piece(at, Math.min(units.length, at + size)));
        node.items = pieces;
        return true;
      }),
    ),
  );
}

interface Units {
  length: number;
  piece(from: number, to: number): Value;
}

/** What a list holds, put together: letters where it is a list of texts, bytes where it is one of buffers. */
function unitsOf(node: Node | undefined, session: Session): Units | null {
  if (node?.k !== 'array' || node.items.length === 0) return null;
  if (node.items.every((item) => typeof item === 'string')) {
    const text = node.items.join('');
    return text.length > PIECES_MAX ? null : { length: text.length, piece: (from, to) => text.slice(from, to) };
  }
  const parts = node.items.map((item) => bytesOf(item, session));
  if (!parts.every((part) => part !== null)) return null;
  const bytes = Buffer.concat(parts.map(({ bytes: own }) => own));
  const type = parts[0]?.type ?? 'Buffer';
  if (bytes.length > PIECES_MAX) return null;
  return {
    length: bytes.length,
    piece: (from, to) => {
      session.nodes.push({ k: 'buffer', base64: bytes.subarray(from, to).toString('base64') });
      session.nodes.push({ k: 'view', type, buffer: { r: session.nodes.length - 1 }, offset: 0, length: to - from });
      return { r: session.nodes.length - 1 };
    },
  };
}

function bytesOf(value: Value, session: Session): { type: string; bytes: Buffer } | null {
  const view = isRef(value) ? session.nodes[value.r] : undefined;
  const buffer = view?.k === 'view' && isRef(view.buffer) ? session.nodes[view.buffer.r] : undefined;
  if (view?.k !== 'view' || buffer?.k !== 'buffer' || !BYTES.test(view.type)) return null;
  return { type: view.type, bytes: Buffer.from(buffer.base64, 'base64').subarray(view.offset, view.offset + view.length) };
}

/** One object at two places where two of a kind stood. */
export function twinInputs(session: Session): Make[] {
  const kinds = new Map<string, number[]>();
  for (const [index, slot] of slotsOf(session).entries()) {
    const kind = kindAt(slot, session);
    if (kind !== null) kinds.set(kind, [...(kinds.get(kind) ?? []), index]);
  }
  return [...kinds.values()]
    .flatMap(([first, ...others]) => others.slice(0, 2).map((other) => [first as number, other] as const))
    .slice(0, TWINS_MAX)
    .map(([first, other]) =>
      made(session, (copy) => {
        const slots = slotsOf(copy);
        const [from, to] = [slots[first], slots[other]];
        if (!from || !to || JSON.stringify(from.get()) === JSON.stringify(to.get())) return false;
        to.set(from.get());
        return true;
      }),
    );
}

/** What two places have in common that may hold the same object: what made it, or the keys it has. */
function kindAt(slot: Slot, { steps, nodes }: Session): string | null {
  const value = slot.get();
  if (isOut(value)) return `result of ${steps[value.out]?.op} ${steps[value.out]?.id} ${value.path.join('.')}`;
  const node = isRef(value) ? nodes[value.r] : undefined;
  if (node?.k !== 'object' || slot.depth === 0) return null;
  return `${slot.key.replace(/\.[^.]*$/, '')} ${JSON.stringify(node.props?.map(([key]) => key))}`;
}
