import { copyOf, type FunctionMeta, isRef, type Node, type Session, type Step, undefinedValue, type Value } from '../runtime/graph.ts';
import { sizeOf } from './compact.ts';
import { slotsOf, typeOf } from './slots.ts';
import type { SystematicInput } from './systematic.ts';

const SIZE_MAX = 300;
const ALIKE_MAX = 3;
const INPUTS_MAX = 40;
const CALLBACKS_MAX = 2;
/** At once, while something is waited for, and when all is over. */
const TIMES_MS = [0, 5, 60, 600_000];
const CALLS = [0, 1, 2];

/** Where a step may be handed a signal: an argument, or a property of one. */
interface Place {
  argument: number;
  property: string | null;
}

/**
 * An AbortSignal wherever one was seen or is declared: aborted before the call, with a call of a callback, after some time, and when all is
 * over. Those that were recorded are as they were when the call began.
 */
export function signalInputs(seeds: readonly Session[], functions: readonly FunctionMeta[]): SystematicInput[] {
  const places = placesOf(seeds, functions);
  if (places.size === 0) return [];
  const tried = new Map<string, number>();
  const lists = seeds
    .filter((session) => sizeOf(session) <= SIZE_MAX)
    // Those that do most with callbacks leave the most moments to abort them in.
    .toSorted((a, b) => a.steps.length - b.steps.length || b.nodes.length - a.nodes.length)
    .flatMap((session) =>
      session.steps.flatMap((step, index) =>
        (places.get(kindOf(step)) ?? []).flatMap((place) => {
          const kind = `${kindOf(step)} ${place.argument} ${place.property} ${step.args.length}`;
          tried.set(kind, (tried.get(kind) ?? 0) + 1);
          return (tried.get(kind) ?? 0) > ALIKE_MAX ? [] : [inputsAt(session, index, place)];
        }),
      ),
    );
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1)))
    .flat()
    .slice(0, INPUTS_MAX);
}

const kindOf = ({ op, id, name }: Step): string => `${op} ${id} ${name ?? ''}`;

function placesOf(seeds: readonly Session[], functions: readonly FunctionMeta[]): Map<string, Place[]> {
  const out = new Map<string, Place[]>();
  const add = (step: Step, place: Place): void => {
    const known = out.get(kindOf(step)) ?? [];
    if (known.some((other) => other.argument === place.argument && other.property === place.property)) return;
    out.set(kindOf(step), [...known, place]);
  };
  for (const session of seeds) {
    for (const step of session.steps)
      for (const [argument, param] of (functions[step.id]?.params ?? []).entries()) {
        if (param.types?.includes('signal')) add(step, { argument, property: null });
        for (const [way, types] of Object.entries(param.members ?? {}))
          if (types.includes('signal') && /^\.[^.*]+$/.test(way)) add(step, { argument, property: way.slice(1) });
      }
    for (const slot of slotsOf(session)) {
      const step = session.steps[slot.step];
      if (!step || slot.depth > 1 || slot.element || typeOf(slot.get(), session) !== 'signal') continue;
      add(step, { argument: slot.argument, property: slot.depth === 0 ? null : (slot.key.split('.').at(-1) as string) });
    }
  }
  return out;
}

function inputsAt(session: Session, index: number, place: Place): SystematicInput[] {
  const callbacks = session.nodes
    .flatMap((node, at) => (node.k === 'function' && node.id === undefined && node.builtin === undefined ? [at] : []))
    .slice(0, CALLBACKS_MAX);
  const made = (signal: Node & { k: 'signal' }, change: (copy: Session, signal: Value) => void = () => undefined): SystematicInput[] => {
    const copy = copyOf(session);
    copy.nodes.push(signal);
    const value: Value = { r: copy.nodes.length - 1 };
    if (!put(copy, copy.steps[index] as Step, place, value)) return [];
    change(copy, value);
    return [{ session: copy, origin: session.key, in_domain: true }];
  };
  const withCall = (at: number): SystematicInput[] =>
    callbacks.flatMap((callback) =>
      made({ k: 'signal' }, (copy, signal) => {
        const node = copy.nodes[callback];
        if (node?.k === 'function') node.aborts = { signal, at };
      }),
    );
  return [
    ...made({ k: 'signal' }),
    ...CALLS.flatMap(withCall),
    ...TIMES_MS.flatMap((aborts_ms) => made({ k: 'signal', aborts_ms })),
    ...made({ k: 'signal', aborted: true }),
  ];
}

/** Arguments before the signal that were left out are nothing; of options that are none at all, the signal is the only one. */
function put(session: Session, step: Step, { argument, property }: Place, signal: Value): boolean {
  while (step.args.length <= argument) step.args.push(undefinedValue);
  const old = step.args[argument] as Value;
  if (property === null) {
    step.args[argument] = signal;
    return true;
  }
  const node = isRef(old) ? session.nodes[old.r] : undefined;
  if (node?.k === 'object' && node.cls === undefined) {
    const { props = [] } = node;
    const own = props.find(([key]) => key === property);
    if (own) own[1] = signal;
    else node.props = [...props, [property, signal]];
    return true;
  }
  if (typeOf(old, session) !== 'undefined') return false;
  session.nodes.push({ k: 'object', props: [[property, signal]] });
  step.args[argument] = { r: session.nodes.length - 1 };
  return true;
}
