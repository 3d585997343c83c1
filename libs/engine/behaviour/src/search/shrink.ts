import { copyOf, isRef, type Session } from '../runtime/graph.ts';
import { compareSides, type SessionDifference } from '../replay/compare.ts';
import { type ReplayContext, runSide, type SideJob } from '../replay/run-side.ts';
import type { Side } from '../replay/side.ts';
import { dropStep } from './change-steps.ts';
import { type Observed, slotsOf } from './slots.ts';

const variantsAtOnce = 60;
const singlesTried = 12;
/** An object with more keys is a table of entries, any of which may be missing; with fewer, a key counts as required unless it was seen to be missing. */
const recordKeysMax = 8;

/** Makes a differing session smaller while it keeps differing in the same way; returns the smallest one found in the time given. */
export async function shrink<S extends Session>(
  difference: SessionDifference & { session: S },
  base: Side,
  candidate: Side,
  context: ReplayContext,
  until: number,
  now: () => number,
  observed: Observed,
): Promise<S> {
  let best = difference.session;
  const { treatment } = difference;
  for (;;) {
    if (now() > until) return best;
    const variants = simpler(best, observed).slice(0, variantsAtOnce);
    if (variants.length === 0) return best;
    const job: SideJob = { sessions: variants, plan: [{ treatment, keys: variants.map((session) => session.key) }] };
    const [left, right] = await Promise.all([runSide(base, job, context), runSide(candidate, job, context)]);
    const still = compareSides(variants, [treatment], left, right).differences.filter(
      (item) => item.strength === 'public' && item.engine_error === difference.engine_error,
    );
    const [next] = still;
    if (!next) return best;
    // Variants come smallest first.
    best = { ...(next.session as S), key: best.key };
  }
}

/** One-change simplifications, those that remove most first. */
function simpler<S extends Session>(session: S, observed: Observed): S[] {
  const tuples = new Set<number>();
  for (const slot of slotsOf(session)) {
    const value = slot.get();
    if (isRef(value) && observed.isTuple(slot.key)) tuples.add(value.r);
  }
  const out: S[] = [];
  const add = (change: (copy: S) => boolean): void => {
    const copy = { ...copyOf(session), key: `${session.key}~${out.length}` };
    if (change(copy)) out.push(copy);
  };
  for (let keep = 1; keep < session.steps.length; keep = Math.max(keep + 1, keep * 2)) add((copy) => truncate(copy, keep));
  for (let i = session.steps.length - 1; i >= 0; i--) add((copy) => dropStep(copy, i));
  for (const [index, node] of session.nodes.entries()) {
    if ((node.k !== 'array' && node.k !== 'set' && node.k !== 'iterator') || tuples.has(index)) continue;
    const size = node.items.length;
    if (size > 2) {
      add((copy) => cut(copy, index, 0, size >> 1));
      add((copy) => cut(copy, index, size >> 1, size));
    }
    for (let i = 0; i < Math.min(size, singlesTried); i++) add((copy) => cut(copy, index, i, i + 1));
  }
  for (const [index, keys] of droppable(session, observed)) {
    const half = keys.slice(0, keys.length >> 1);
    if (half.length > 1) {
      add((copy) => dropKeys(copy, index, new Set(half)));
      add((copy) => dropKeys(copy, index, new Set(keys.slice(half.length))));
    }
    for (const key of keys.slice(0, singlesTried)) add((copy) => dropKeys(copy, index, new Set([key])));
  }
  for (const [index, slot] of slotsOf(session).entries()) {
    const value = slot.get();
    if (typeof value === 'string' && value.length > 1) {
      add((copy) => put(copy, index, value.slice(0, value.length >> 1)));
      add((copy) => put(copy, index, value.slice(value.length >> 1)));
    }
    if (typeof value === 'number' && value > 1) add((copy) => put(copy, index, Math.floor(value / 2)));
    if (out.length > 200) break;
  }
  return out;
}

/** Keys and entries that may be left out, by node: of tables, and what is optional in records. */
function droppable(session: Session, observed: Observed): Map<number, readonly number[]> {
  const found = new Map<number, readonly number[]>();
  for (const slot of slotsOf(session)) {
    const value = slot.get();
    const node = isRef(value) ? session.nodes[value.r] : undefined;
    if (!isRef(value) || found.has(value.r) || (node?.k !== 'object' && node?.k !== 'map')) continue;
    if (node.k === 'map') found.set(value.r, [...node.entries.keys()]);
    else {
      const props = node.props ?? [];
      const isTable = props.length > recordKeysMax;
      found.set(
        value.r,
        [...props.keys()].filter((at) => isTable || (typeof props[at]?.[0] === 'string' && observed.isOptional(slot.key, props[at][0]))),
      );
    }
  }
  return found;
}

function dropKeys(copy: Session, index: number, gone: ReadonlySet<number>): boolean {
  const node = copy.nodes[index];
  if (node?.k === 'map') node.entries = node.entries.filter((_, at) => !gone.has(at));
  else if (node?.k === 'object') node.props = (node.props ?? []).filter((_, at) => !gone.has(at));
  return gone.size > 0;
}

function truncate(copy: Session, keep: number): boolean {
  copy.steps.length = keep;
  return true;
}

function cut(copy: Session, node: number, from: number, to: number): boolean {
  const target = copy.nodes[node];
  if (target?.k !== 'array' && target?.k !== 'set' && target?.k !== 'iterator') return false;
  target.items.splice(from, to - from);
  return true;
}

function put(copy: Session, index: number, value: string | number): boolean {
  const slot = slotsOf(copy)[index];
  if (!slot || isRef(slot.get())) return false;
  slot.set(value);
  return true;
}
