import { copyOf, isOut, isRef, type Session, type Step, type Value } from '../runtime/graph.ts';
import { dropStep, renumber } from './change-steps.ts';
import type { Make } from './systematic.ts';

const STEPS_TRIED = 24;
const SPLITS_MAX = 6;

/** Each step of a session done twice where it stands, and left out: what comes after it meets another state. */
export function repeatedInputs(session: Session): Make[] {
  if (session.steps.length < 2) return [];
  const chosen = session.steps
    .map((_, index) => index)
    .slice(-STEPS_TRIED)
    .reverse();
  return [
    ...chosen.map((index) => made(session, (copy) => repeatStep(copy, index))),
    ...chosen.map((index) => made(session, (copy) => dropStep(copy, index))),
  ];
}

/** One text or list that a step was given comes in two steps, as the chunks of a stream do: cut everywhere, most of all inside of what separates. */
export function splitInputs(session: Session): Make[] {
  return session.steps.flatMap((step, index) => {
    const [chunk] = step.args;
    if (step.op !== 'method' || step.args.length !== 1 || chunk === undefined) return [];
    return cutsOf(chunk, session).map((at) => made(session, (copy) => splitStep(copy, index, at)));
  });
}

const made =
  (session: Session, change: (copy: Session) => boolean): Make =>
  () => {
    const copy = copyOf(session);
    return change(copy) ? { session: copy, origin: session.key, in_domain: true } : null;
  };

/** The step once more right behind itself; later steps go on with the results of the first. */
export function repeatStep(session: Session, index: number): boolean {
  const step = session.steps[index];
  if (!step || step.op === 'new') return false;
  const again = copyOf(step);
  renumber(session, (out) => (out > index ? out + 1 : out));
  // Renumbering has moved what the steps refer to; a copy made before refers to earlier steps only, and stays as it was.
  session.steps.splice(index + 1, 0, again);
  return true;
}

function cutsOf(chunk: Value, session: Session): number[] {
  const node = isRef(chunk) ? session.nodes[chunk.r] : undefined;
  if (node?.k === 'array' && node.items.length > 1) return [node.items.length >> 1, 1];
  if (typeof chunk !== 'string' || chunk.length < 2) return [];
  // Inside a pair of letters of which neither is a word's comes first: line ends, escapes, doubled quotes, halves of one character.
  const inside = [...chunk.matchAll(/[^\p{L}\p{N} ](?=[^\p{L}\p{N} ])/gu)].map((match) => match.index + 1);
  const halves = [...chunk.matchAll(/[\ud800-\udbff](?=[\udc00-\udfff])/g)].map((match) => match.index + 1);
  return [...new Set([...inside, ...halves, chunk.length >> 1, 1, chunk.length - 1])].slice(0, SPLITS_MAX);
}

function splitStep(session: Session, index: number, at: number): boolean {
  const step = session.steps[index] as Step;
  const [chunk] = step.args;
  if (!repeatStep(session, index)) return false;
  const second = session.steps[index + 1] as Step;
  if (typeof chunk === 'string') {
    step.args[0] = chunk.slice(0, at);
    second.args[0] = chunk.slice(at);
    return true;
  }
  const node = chunk !== undefined && isRef(chunk) ? session.nodes[chunk.r] : undefined;
  if (node?.k !== 'array') return false;
  session.nodes.push({ ...copyOf(node), items: copyOf(node.items.slice(at)) });
  second.args[0] = { r: session.nodes.length - 1 };
  node.items.length = at;
  return true;
}

const CALLBACKS_TRIED = 3;
const ASIDE_KINDS = 6;
const ASIDE_VALUES = 3;

/**
 * Callbacks that use the object they are called from: at its first call each does another step of the session, with the values it had and with
 * others of the session, as listeners do that remove themselves or each other.
 */
export function asideInputs(session: Session): Make[] {
  const callbacks = session.nodes.flatMap((node, index) =>
    node.k === 'function' && node.id === undefined && node.builtin === undefined ? [index] : [],
  );
  const kinds = new Map<string, number>();
  for (const [index, step] of session.steps.entries())
    if (step.op === 'method' || step.op === 'apply') kinds.set(`${step.id}.${step.name ?? ''}`, index);
  const values = [
    undefined,
    ...new Set(session.steps.flatMap((step) => step.args.filter((arg) => typeof arg === 'string' || typeof arg === 'number'))),
  ];
  const pairs = values
    .slice(0, ASIDE_VALUES + 1)
    .flatMap((value, nth) => callbacks.slice(0, CALLBACKS_TRIED).map((callback, turn) => ({ value, callback, turn, nth })));
  // The first callbacks and values first: what an early one does, the later ones meet.
  const sorted = pairs.toSorted((a, b) => a.nth + a.turn - b.nth - b.turn || a.turn - b.turn);
  return sorted.flatMap(({ value, callback }) =>
    [...kinds.values()].slice(0, ASIDE_KINDS).map((index) => made(session, (copy) => doAside(copy, callback, index, value))),
  );
}

/** With a value, a step like the one given is put at the end, with that value in the place of its first of the same type. */
function doAside(session: Session, callback: number, index: number, value: Value | undefined): boolean {
  const node = session.nodes[callback];
  let step = index;
  if (node?.k !== 'function' || session.steps[index] === undefined) return false;
  if (value !== undefined) {
    const other: Step = copyOf(session.steps[index] as Step);
    const at = other.args.findIndex((arg) => typeof arg === typeof value && !isOut(arg) && arg !== value);
    if (at < 0) return false;
    other.args[at] = value;
    step = session.steps.push(other) - 1;
  }
  node.reenter = { step };
  return true;
}
