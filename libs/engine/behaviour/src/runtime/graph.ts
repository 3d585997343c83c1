/** A property key: a string, or a symbol by its registry or well-known name. */
export type Key = string | SymbolRef;
export interface SymbolRef {
  sym: string;
  /** `for`: Symbol.for; `known`: Symbol.iterator and its like; `local`: a symbol nobody else can name. */
  kind: 'for' | 'known' | 'local';
}

/** One step of a path from a step's result, receiver or argument to a value reached from it. */
export type PathPart = string | number;

/**
 * A value as JSON. Plain JSON primitives stand for themselves; everything JSON would lose is an object with one telling field.
 * `r` points into the node table of the graph, `out` at something an earlier step of the session produced.
 */
export type Value =
  | string
  | number
  | boolean
  | null
  | { p: 'undefined' | 'NaN' | '-0' | 'Infinity' | '-Infinity' | 'hole' }
  | { big: string }
  | SymbolRef
  | { r: number }
  | { out: number; path: PathPart[] };

/**
 * Key, value, and flags where the descriptor is unusual: `e` not enumerable, `w` not writable, `c` not configurable, `a` accessor, `o` an
 * accessor that gives the value once and nothing afterwards.
 */
export type Prop = [Key, Value] | [Key, Value, string];

/** The class of an object: one the package defines (`id` in the manifest), or one of the engine (`name`). */
export type ClassRef = { id: number } | { name: string } | null;

export interface Shape {
  props?: Prop[];
  cls?: ClassRef;
  /** Enumerable properties of a prototype of its own. */
  inherits?: Prop[];
  /** Frozen, sealed or not extensible. */
  state?: 'frozen' | 'sealed' | 'fixed';
}

export type Node = Shape &
  (
    | { k: 'object' }
    /** `times`: the items so many times over. */
    | { k: 'array'; items: Value[]; length?: number; times?: number }
    | { k: 'map'; entries: [Value, Value][] }
    | { k: 'set'; items: Value[] }
    | { k: 'date'; time: Value }
    | { k: 'regexp'; source: string; flags: string; last_index: Value }
    | { k: 'buffer'; base64: string; shared?: true }
    | { k: 'view'; type: string; buffer: Value; offset: number; length: number }
    | { k: 'error'; name: string; message: Value; cause?: Value }
    | { k: 'boxed'; value: Value }
    | {
        k: 'function';
        source?: string;
        length?: number;
        log?: number;
        answers?: Answer[];
        /** Before it answers for the first time, does once more the step it was called in, or another step of the session. */
        reenter?: true | { step: number };
        /** At its first call adds to the list it is handed, or takes from it. */
        meddles?: 'add' | 'remove';
        /** With its call number `at` (from 0) the signal is aborted. */
        aborts?: { signal: Value; at: number };
        id?: number;
        builtin?: string;
        class?: true;
      }
    | { k: 'promise'; settled?: Answer }
    | IteratorNode
    /** An AbortSignal: aborted, with a reason where it is not the engine's own, or to be aborted when so much time has passed. */
    | { k: 'signal'; aborted?: boolean; reason?: Value; aborts_ms?: number }
    | { k: 'arguments'; items: Value[] }
    | { k: 'opaque'; token: number; stands_for?: Value }
    /** A template that holds, at a path, another of its kind, so many times over. */
    | { k: 'chain'; of: Value; path: PathPart[]; times: number }
    /** What a module exports: its file, and the way from its exports. */
    | { k: 'exported'; file: string; path: PathPart[] }
    | { k: 'lost'; reason: string }
  );

/**
 * An iterator that was handed in: what it gave, one value for each call of `next`, and how it ended; without `ends` nobody looked that far,
 * and it ends there. `log`: in an outcome, which of those handed in it is.
 */
export interface IteratorNode extends IteratorForm {
  k: 'iterator';
  items: Value[];
  ends?: Answer;
  log?: number;
}

/** What its users can see of an iterator beside what it gives. */
export interface IteratorForm {
  /** What made it: a generator function, the language, or an object literal or class that follows the protocol. */
  form: 'generator' | 'iterator' | 'object';
  async?: true;
  /** Methods beside `next`. */
  has: ('return' | 'throw')[];
  /** `Map Iterator` and the like. */
  tag?: string;
}

/** What a recorded callback did: returned or threw. */
export type Answer = { ret: Value } | { throw: Value };

export interface Graph {
  nodes: Node[];
}

export type StepOp = 'call' | 'method' | 'new' | 'get' | 'set' | 'apply' | 'static';

/** One step of a session: which function, on what, with what. */
export interface Step {
  op: StepOp;
  /** Manifest id of the function that ran; for `apply` the callee stands in `callee`. */
  id: number;
  name?: string;
  callee?: Value;
  self: Value;
  args: Value[];
  takes?: Taking;
  /** When the step has ended, its caller adds to the lists, Maps and Sets that it gave and got, or changes any of their parts. */
  owner?: 'add' | 'vary';
  /** So many timers run before the step: time passes. */
  waits?: number;
}

/**
 * How an iterator that a step hands out is used in place of being asked to its end: after `after` values its consumer stops (`return`), fails
 * (`throw`), changes what the step was given (`add`, `remove`), or does another step of the session; then it asks for the rest.
 */
export interface Taking {
  after: number;
  doing: 'return' | 'throw' | 'add' | 'remove' | { step: number };
}

/** A program over the package: steps in order, values in one node table, so that identity between steps is kept. */
export interface Session {
  key: string;
  /** The outermost call, a caller in between that can be called from elsewhere, or the changed function itself. */
  level: 'function' | 'caller' | 'entry';
  /** Manifest ids of the changed functions that ran while it was recorded. */
  targets: number[];
  steps: Step[];
  nodes: Node[];
  /** Stack of the process it runs in, in KiB, where that is less than usual: less is then too much for it. */
  stack_kib?: number;
}

/** One instrumented function or class. */
export interface FunctionMeta {
  id: number;
  file: string;
  symbol: string;
  /** The property name it is called by on a receiver. */
  name: string;
  kind: 'function' | 'method' | 'static' | 'getter' | 'setter' | 'constructor' | 'class';
  changed: boolean;
  /** Calls a changed function and can be called from elsewhere: recorded and replayed on its own as well. */
  neighbour?: true;
  /** Generators of the file whose bodies are the only way to it: what looks like a call from outside came from one of them. */
  within?: number[];
  async: boolean;
  generator: boolean;
  /** Uses variables of an enclosing function (or its `this`): cannot be called on its own. */
  closure: boolean;
  uses_this: boolean;
  /** Expression that names it in module scope, if there is one. */
  expression: string | null;
  exported: string | null;
  /** For classes: has `#private` state; for methods: the id of the class. */
  private_state: boolean;
  class_id: number | null;
  params: ParamMeta[];
  line: number;
}

export interface ParamMeta {
  name: string;
  /** Declared simple types, or null where nothing is declared. */
  types: string[] | null;
  optional: boolean;
  /** Declared types of what it holds, by the way to it (`.name`, `.*`); left out when there are none. */
  members?: Record<string, string[]>;
  /** Places that may hold any iterable, by the way to them (`''`: the argument itself); left out when there are none. */
  iterables?: Record<string, ('sync' | 'async')[]>;
}

export interface Manifest {
  functions: FunctionMeta[];
  /** Property names declared private or protected somewhere in the package. */
  internal_names: string[];
}

const inlineKinds = new Set(['undefined', 'NaN', '-0', 'Infinity', '-Infinity', 'hole']);

export const undefinedValue: Value = { p: 'undefined' };

export const isRef = (value: Value): value is { r: number } => typeof value === 'object' && value !== null && 'r' in value;
export const isOut = (value: Value): value is { out: number; path: PathPart[] } =>
  typeof value === 'object' && value !== null && 'out' in value;
export const isSpecial = (value: Value): value is { p: 'undefined' } =>
  typeof value === 'object' && value !== null && 'p' in value && inlineKinds.has(value.p);

/** A copy of what is plain JSON: sessions, nodes, values. Several times as fast as structuredClone. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => copyOf(item)) as T;
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const inner = copyOf((value as Record<string, unknown>)[key]);
    if (key === '__proto__') Object.defineProperty(out, key, { value: inner, writable: true, enumerable: true, configurable: true });
    else out[key] = inner;
  }
  return out as T;
}

/** Every value a node holds directly, in a fixed order. */
export function valuesOf(node: Node): Value[] {
  const out: Value[] = [];
  if ('items' in node) out.push(...node.items);
  if (node.k === 'map') for (const [key, value] of node.entries) out.push(key, value);
  if (node.k === 'view') out.push(node.buffer);
  if (node.k === 'boxed') out.push(node.value);
  if (node.k === 'date') out.push(node.time);
  if (node.k === 'error') out.push(node.message, ...(node.cause === undefined ? [] : [node.cause]));
  if (node.k === 'promise' && node.settled) out.push('ret' in node.settled ? node.settled.ret : node.settled.throw);
  if (node.k === 'iterator' && node.ends) out.push('ret' in node.ends ? node.ends.ret : node.ends.throw);
  if (node.k === 'function') for (const answer of node.answers ?? []) out.push('ret' in answer ? answer.ret : answer.throw);
  if (node.k === 'function' && node.aborts) out.push(node.aborts.signal);
  if (node.k === 'signal' && node.reason !== undefined) out.push(node.reason);
  if (node.k === 'chain') out.push(node.of);
  if (node.k === 'opaque' && node.stands_for !== undefined) out.push(node.stands_for);
  for (const prop of [...(node.props ?? []), ...(node.inherits ?? [])]) out.push(prop[1]);
  return out;
}

/** Rewrites every value a node holds; used to move nodes between tables. */
export function mapNode(node: Node, map: (value: Value) => Value): Node {
  const copy = copyOf(node);
  const answer = (a: Answer): Answer => ('ret' in a ? { ret: map(a.ret) } : { throw: map(a.throw) });
  if ('items' in copy) copy.items = copy.items.map(map);
  if (copy.k === 'map') copy.entries = copy.entries.map(([key, value]) => [map(key), map(value)]);
  if (copy.k === 'view') copy.buffer = map(copy.buffer);
  if (copy.k === 'chain') copy.of = map(copy.of);
  if (copy.k === 'boxed') copy.value = map(copy.value);
  if (copy.k === 'date') copy.time = map(copy.time);
  if (copy.k === 'error') {
    copy.message = map(copy.message);
    if (copy.cause !== undefined) copy.cause = map(copy.cause);
  }
  if (copy.k === 'promise' && copy.settled) copy.settled = answer(copy.settled);
  if (copy.k === 'iterator' && copy.ends) copy.ends = answer(copy.ends);
  if (copy.k === 'function' && copy.answers) copy.answers = copy.answers.map(answer);
  if (copy.k === 'function' && copy.aborts) copy.aborts.signal = map(copy.aborts.signal);
  if (copy.k === 'signal' && copy.reason !== undefined) copy.reason = map(copy.reason);
  if (copy.props)
    copy.props = copy.props.map((prop): Prop => (prop.length === 3 ? [prop[0], map(prop[1]), prop[2]] : [prop[0], map(prop[1])]));
  return copy;
}
