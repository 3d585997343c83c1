import type { Observation } from '../runtime/observation.ts';
import { copyOf, isRef, type Node, type Session, undefinedValue, type Value } from '../runtime/graph.ts';
import { type ReplayContext, resultKey, runSide } from '../replay/run-side.ts';
import type { Side } from '../replay/side.ts';
import { type Observed, type Slot, slotsOf, typeOf } from './slots.ts';
import type { SystematicInput } from './systematic.ts';

const PLACES_MAX = 12;
const WALL_MS = 8000;
const MARKER = 'codeoptima-marker';
const MARKER_NUMBER = 7418.25;
const PATHS_MAX = 3000;

interface Probe {
  type: string;
  put: (session: Session, old: Value) => Value;
  /** Whether a value of an outcome is this probe. */
  is: (value: Value, nodes: Node[]) => boolean;
}

const sameNode =
  (node: Node): Probe['put'] =>
  (session) => {
    session.nodes.push(copyOf(node));
    return { r: session.nodes.length - 1 };
  };
const nodeProbe = (type: string, node: Node, tell: (node: Node) => unknown): Probe => ({
  type,
  put: sameNode(node),
  is: (value, nodes) => {
    const found = isRef(value) ? nodes[value.r] : undefined;
    return found?.k === node.k && JSON.stringify(tell(found)) === JSON.stringify(tell(node));
  },
});
const leafProbe = (type: string, leaf: Value): Probe => ({
  type,
  put: () => leaf,
  is: (value) => JSON.stringify(value) === JSON.stringify(leaf),
});

/** One value of each kind that plain code may be handed without being written for it. */
const probes: readonly Probe[] = [
  leafProbe('undefined', undefinedValue),
  leafProbe('null', null),
  leafProbe('boolean', true),
  leafProbe('number', 7419.25),
  leafProbe('string', 'codeoptima-probe'),
  leafProbe('bigint', { big: '1234567890123456789' }),
  leafProbe('symbol', { sym: 'codeoptima-probe', kind: 'local' }),
  leafProbe('hole', { p: 'hole' }),
  nodeProbe('date', { k: 'date', time: 86_400_123 }, (node) => node.k === 'date' && node.time),
  nodeProbe('map', { k: 'map', entries: [['probe-key', 1]] }, (node) => node.k === 'map' && node.entries),
  nodeProbe('set', { k: 'set', items: ['probe-item'] }, (node) => node.k === 'set' && node.items),
  nodeProbe('regexp', { k: 'regexp', source: 'probe-x', flags: 'gi', last_index: 0 }, (node) => node.k === 'regexp' && node.source),
  nodeProbe('error', { k: 'error', name: 'RangeError', message: 'probe' }, (node) => node.k === 'error' && node.message),
  nodeProbe('object', { k: 'object', props: [['probe', 1]] }, (node) => node.props),
];

/** A key that is a symbol: copied along by some ways to copy, left behind by others. */
const symbolKey: Probe = {
  type: 'symbol key',
  put: (session, old) => {
    const node = isRef(old) ? session.nodes[old.r] : undefined;
    if (node?.k === 'object') node.props = [...(node.props ?? []), [{ sym: 'codeoptima-probe', kind: 'local' }, 'under a symbol']];
    return old;
  },
  is: (value, nodes) =>
    (isRef(value) ? (nodes[value.r]?.props ?? []) : []).some(([key]) => typeof key !== 'string' && key.sym === 'codeoptima-probe'),
};

/** What the base does with values of other kinds at each place. */
export class Carried {
  readonly #carried = new Map<string, Set<string>>();
  /** Inputs that show it, to be tried on both versions. */
  readonly inputs: SystematicInput[] = [];

  has(key: string, type: string): boolean {
    return this.#carried.get(key)?.has(type) === true;
  }

  add(key: string, type: string, input: SystematicInput): void {
    this.#carried.set(key, (this.#carried.get(key) ?? new Set()).add(type));
    this.inputs.push(input);
  }
}

/**
 * Finds the kinds of values that the base carries through a place: what stands there is found again, intact, where a marker put there was
 * found. Such a place takes any value (a copy of a record, a list of cells), so these kinds belong to its domain although no test used them.
 * `undefined` and `null` belong to it as well where texts are made of mixed values and nothing of an accident shows in them. Where a type is
 * declared (`declared` tells which ones), kinds it does not name are carried outside the domain.
 */
export async function carriedKinds(
  sessions: readonly Session[],
  observed: Observed,
  base: Side,
  context: ReplayContext,
  declared: Declared,
): Promise<Carried> {
  const trials = placesOf(sessions, declared).flatMap((place, number) => trialsAt(place, number));
  const carried = new Carried();
  if (trials.length === 0) return carried;
  // A bound or a step of a loop may make it endless, and the rest is left undone: arguments themselves come last.
  const all = trials.toSorted((a, b) => a.place.rank - b.place.rank).map((trial) => trial.session);
  const result = await runSide(
    base,
    { sessions: all, plan: [{ treatment: 'warm', keys: all.map((session) => session.key) }], explain: true, dead_max: 2, wall_ms: WALL_MS },
    context,
  );
  const seen = (session: Session): Observation | undefined => {
    const item = result.results.get(resultKey('warm', session.key));
    return item === undefined || item.broken !== null ? undefined : item.observations?.[session.steps.length - 1];
  };
  const markers = new Map(trials.filter((trial) => trial.probe === null).map((trial) => [trial.place, seen(trial.session)]));
  const plain = new Map(trials.filter((trial) => trial.probe === 'plain').map((trial) => [trial.place, seen(trial.session)]));
  for (const trial of trials) {
    const { probe, place, session } = trial;
    if (probe === null || probe === 'plain') continue;
    const after = seen(session);
    if (!after || /throw|reject/.test(after.kind)) continue;
    const in_domain = place.declared?.includes(probe.type === 'hole' ? 'undefined' : probe.type) ?? true;
    const input: SystematicInput = { session, origin: place.session.key, in_domain };
    if (probe.type === 'hole' && holes(after) > holes(plain.get(place))) carried.add(place.key, probe.type, input);
    const isFound =
      probe === symbolKey
        ? [...valuesByPath(after).values()].some((value) => probe.is(value, after.graph.nodes))
        : isCarried(markers.get(place), after, probe);
    if (isFound) carried.add(place.key, probe.type, input);
    else if (isHandled(plain.get(place), after, probe, observed, place.key)) carried.add(place.key, probe.type, input);
  }
  return carried;
}

export type Declared = (session: Session, slot: Slot) => string[] | null;

interface Place {
  key: string;
  session: Session;
  /** Index among the slots of the session. */
  index: number;
  type: string;
  element: boolean;
  /** 1 for an argument itself. */
  rank: number;
  /** Types that are declared for it, if any. */
  declared: string[] | null;
}

/** The first place of each kind, in the simplest session that has it. */
function placesOf(sessions: readonly Session[], declared: Declared): Place[] {
  const found = new Map<string, Place>();
  const sorted = sessions.toSorted((a, b) => a.steps.length - b.steps.length || a.nodes.length - b.nodes.length);
  for (const session of sorted)
    for (const [index, slot] of slotsOf(session).entries()) {
      const type = typeOf(slot.get(), session);
      if (slot.step !== session.steps.length - 1 || !/^(?:string|number|boolean|object|array|null)$/.test(type)) continue;
      const known = found.get(slot.key);
      if (!known || (known.type !== 'string' && known.type !== 'number' && /string|number/.test(type)))
        found.set(slot.key, {
          key: slot.key,
          session,
          index,
          type,
          element: slot.element,
          rank: slot.depth === 0 ? 1 : 0,
          declared: declared(session, slot),
        });
    }
  return [...found.values()].slice(0, PLACES_MAX);
}

interface Trial {
  place: Place;
  probe: Probe | null | 'plain';
  session: Session;
}

function trialsAt(place: Place, number: number): Trial[] {
  const trial = (probe: Trial['probe'], value: Probe['put'] | null, name: string): Trial => {
    const session: Session = { ...copyOf(place.session), key: `probe ${number}.${name}` };
    const slot = slotsOf(session)[place.index] as Slot;
    const old = slot.get();
    if (value) slot.set(value(session, old));
    // Behind the hole stands something, so that the list does not end with it.
    if (name === 'hole')
      for (const node of session.nodes) if (node.k === 'array' && node.items.some((item) => isHole(item))) node.items.push(old);
    return { place, probe, session };
  };
  const marker = (session: Session): Value => {
    if (place.type === 'number') return MARKER_NUMBER;
    if (place.type === 'string') return MARKER;
    session.nodes.push({ k: 'object', props: [['marker', MARKER]] });
    return { r: session.nodes.length - 1 };
  };
  return [
    trial('plain', null, 'plain'),
    trial(null, marker, 'marker'),
    ...probes
      .filter((probe) => probe.type !== place.type && (probe.type !== 'hole' || place.element))
      .map((probe) => trial(probe, probe.put, probe.type)),
    ...(place.type === 'object' ? [trial(symbolKey, symbolKey.put, symbolKey.type)] : []),
  ];
}

function isCarried(marked: Observation | undefined, after: Observation, probe: Probe): boolean {
  if (!marked || marked.kind !== after.kind) return false;
  const paths = [...valuesByPath(marked)].filter(([, value]) => isMarker(value, marked.graph.nodes)).map(([path]) => path);
  if (paths.length === 0) return false;
  const there = valuesByPath(after);
  return paths.every((path) => {
    const value = there.get(path);
    return value !== undefined && probe.is(value, after.graph.nodes);
  });
}

function isMarker(value: Value, nodes: Node[]): boolean {
  if (value === MARKER || value === MARKER_NUMBER) return true;
  const node = isRef(value) ? nodes[value.r] : undefined;
  return node?.k === 'object' && node.props?.length === 1 && node.props[0]?.[0] === 'marker' && node.props[0][1] === MARKER;
}

/** Every value of an outcome by the way to it. */
function valuesByPath(observation: Observation): Map<string, Value> {
  const out = new Map<string, Value>();
  const { nodes } = observation.graph;
  const queue: [string, Value][] = [['', observation.roots['outcome'] ?? undefinedValue]];
  const seen = new Set<number>();
  for (const [path, value] of queue) {
    if (out.size > PATHS_MAX) break;
    out.set(path, value);
    if (!isRef(value) || seen.has(value.r)) continue;
    seen.add(value.r);
    const node = nodes[value.r];
    if (!node) continue;
    if ('items' in node) for (const [index, item] of node.items.entries()) queue.push([`${path}/${index}`, item]);
    if (node.k === 'map')
      for (const [index, entry] of node.entries.entries())
        for (const [side, item] of entry.entries()) queue.push([`${path}/${index}:${side}`, item]);
    for (const [key, item] of node.props ?? []) queue.push([`${path}.${JSON.stringify(key)}`, item]);
  }
  return out;
}

/** A hole of the input that shows as a hole of the outcome was left out on purpose, whatever happened to its neighbours. */
function holes(observation: Observation | undefined): number {
  if (!observation) return Infinity;
  return [...valuesByPath(observation).values()].filter(isHole).length;
}

const isHole = (value: Value): boolean => typeof value === 'object' && value !== null && 'p' in value && value.p === 'hole';

const ACCIDENT = /undefined|null|NaN|\[object/g;

/** Nothing at a place that makes text of mixed values, and no accident shows: the base means to handle it. */
function isHandled(before: Observation | undefined, after: Observation, probe: Probe, observed: Observed, key: string): boolean {
  if (!before || before.kind !== after.kind) return false;
  if (probe.type === 'symbol') return KINDS.filter((kind) => observed.has(key, kind)).length > 1 && speaks(after);
  if (probe.type !== 'undefined' && probe.type !== 'null') return false;
  const outcome = after.roots['outcome'];
  const isText = typeof outcome === 'string';
  const isMixed = observed.has(key, 'string') && (observed.has(key, 'number') || observed.has(key, 'boolean'));
  return (isText || isMixed) && accidents(after) <= accidents(before);
}

const KINDS = ['string', 'number', 'boolean', 'null', 'undefined', 'bigint'];

/** A symbol became text, which nothing but the wish to do so brings about. */
const speaks = (observation: Observation): boolean =>
  [...valuesByPath(observation).values()].some((value) => typeof value === 'string' && value.includes('Symbol(codeoptima-probe)'));

function accidents(observation: Observation): number {
  let count = 0;
  for (const value of valuesByPath(observation).values()) {
    if (typeof value === 'string') count += [...value.matchAll(ACCIDENT)].length;
    if (typeof value === 'object' && value !== null && 'p' in value && value.p === 'NaN') count++;
  }
  return count;
}
