import { inspect, types } from 'node:util';
import { CallbackRoom, INSPECT_OPTIONS } from './callbacks.ts';
import { Decoder } from './decode.ts';
import { Encoder } from './encode.ts';
import type { Manifest, PathPart, Session, Step } from './graph.ts';
import { digest, internalKey, observe } from './observation.ts';
import type { Observation, StepDigest, Subject } from './observation.ts';
import { scribble } from './scribble.ts';
import { holds } from './holds.ts';
import { makeOpaque, opaqueTokens } from './opaque.ts';
import type { Registry } from './registry.ts';
import type { VirtualWorld } from './virtual-world.ts';

const yieldLimit = 1000;
const observeLimit = 6000;

export interface SessionResult {
  key: string;
  digests: StepDigest[];
  /** Present when asked for. */
  observations: Observation[] | null;
  /** Why the session could not be run to its end by the harness itself. */
  broken: string | null;
  engine_error: boolean;
  /** An opaque token was coerced or read. */
  tripped: boolean;
  /** In the concurrent treatment: the order in which the sessions of the group ended. */
  order: string[];
}

interface Done {
  ret: unknown;
  self: unknown;
  args: unknown[];
  callee: unknown;
}

export interface ExecutorOptions {
  explain: boolean;
  /** Mutate results and arguments, then do the last step again. */
  alias: boolean;
  settle_ms: number;
}

const engineMessage =
  /^(?:Cannot (?:read|set|convert|destructure|mix|assign|add|delete|redefine|define|use|access|perform|freeze)\b|.* is not (?:a function|iterable|a constructor|defined|an object|extensible|async iterable|a valid)|.*\bundefined or null\b|Invalid (?:array|string|typed array|array buffer|date|count|time|regular|code point)|Maximum call stack|Reduce of empty|.*\bcalled on (?:null|non-|incompatible|undefined)|Class constructor|.* object must be|Right-hand side|Object prototype may only|The (?:number|comparison)|Method .* called on|.*must be a (?:callable|function)|Array buffer allocation|Set maximum size|Map maximum size|Iterator |Found non-callable|object null|Invalid value used|Derived constructors|Private|'.*' (?:called|returned))/;

/** Runs one session against the loaded package and writes down what could be observed after each step. */
export class Executor {
  readonly #registry: Registry;
  readonly #world: VirtualWorld;
  readonly #internal: ReturnType<typeof internalKey>;

  constructor(registry: Registry, world: VirtualWorld, manifest: Manifest) {
    this.#registry = registry;
    this.#world = world;
    this.#internal = internalKey(new Set(manifest.internal_names));
  }

  async run(session: Session, options: ExecutorOptions): Promise<SessionResult> {
    const result: SessionResult = {
      key: session.key,
      digests: [],
      observations: options.explain ? [] : null,
      broken: null,
      engine_error: false,
      tripped: false,
      order: [],
    };
    const pins = new Map<string, unknown>();
    const trip = { tripped: false };
    const room: CallbackRoom = new CallbackRoom(() => this.#encoder(room, true), options.explain);
    const decoder = new Decoder(session.nodes, {
      classOf: (id) => this.#registry.find(id) as (new (...args: never[]) => object) | undefined,
      functionOf: (id) => this.#registry.find(id),
      output: (step, path) => pins.get(`${step}/${path.join('/')}`),
      callback: (node, index, own) => room.make(node, index, own),
      opaque: (token) => makeOpaque(token, trip),
    });
    const returned: Record<string, unknown> = {};
    try {
      for (const [index, step] of session.steps.entries()) {
        const done = await this.#step(step, decoder, room, options, result);
        returned[`step ${index}`] = done.ret;
        this.#pin(session, index, done, pins);
        if (options.alias && index === session.steps.length - 1)
          await this.#again(step, session, done, decoder, room, options, result, returned);
      }
      if (Object.keys(returned).length > 1) this.#write({ kind: 'final', values: returned, calls: [], written: [] }, room, options, result);
    } catch (error) {
      result.broken = error instanceof Error ? error.message : String(error);
    }
    result.tripped = trip.tripped;
    return result;
  }

  /** The second call of the aliased treatment: nothing the first call handed out may be remembered. */
  async #again(
    step: Step,
    session: Session,
    done: Done,
    decoder: Decoder,
    room: CallbackRoom,
    options: ExecutorOptions,
    result: SessionResult,
    returned: Record<string, unknown>,
  ): Promise<void> {
    const fresh = new Decoder(session.nodes, decoder.options);
    const isFree = step.op === 'call' || step.op === 'new' || step.op === 'static';
    scribble(done.ret);
    for (const arg of done.args) scribble(arg);
    const second = await this.#step(step, isFree ? fresh : decoder, room, options, result);
    returned['again'] = second.ret;
  }

  async #step(step: Step, decoder: Decoder, room: CallbackRoom, options: ExecutorOptions, result: SessionResult): Promise<Done> {
    const done: Done = { ret: undefined, self: undefined, args: [], callee: undefined };
    done.self = step.op === 'static' ? this.#owner(step) : decoder.value(step.self);
    done.args = step.args.map((arg) => decoder.value(arg));
    done.callee = step.callee === undefined ? undefined : decoder.value(step.callee);
    const perform = this.#performer(step, done);
    const firstCall = room.calls.length;
    room.reenter = perform;
    // Written down at the very moment the outcome is known: what happens later was not waited for.
    const note = (kind: Subject['kind'], value: unknown): void => {
      const isError = kind === 'throw' || kind === 'reject';
      done.ret = isError ? undefined : value;
      if (isError && isEngineError(value)) result.engine_error = true;
      const values: Record<string, unknown> = { outcome: value };
      if (done.self !== undefined && step.op !== 'static') values['this'] = done.self;
      for (const [i, arg] of done.args.entries()) values[`argument ${i}`] = arg;
      const calls = room.calls.slice(firstCall);
      this.#write({ kind, values, calls, written: this.#world.takeWritten() }, room, options, result);
      const last = result.observations?.at(-1);
      if (last) last.inspected = inspected(isError, value, done, room.inspected.splice(0));
    };
    await this.#outcome(perform, options, note);
    return done;
  }

  #write(subject: Subject, room: CallbackRoom, options: ExecutorOptions, result: SessionResult): void {
    const make = (hide: boolean): Encoder => this.#encoder(room, hide);
    const outside = observe(subject, make, true);
    result.digests.push({ kind: subject.kind, public: digest(outside), full: digest(observe(subject, make, false)) });
    result.observations?.push(outside);
  }

  #encoder(room: CallbackRoom, hideInternal: boolean): Encoder {
    return new Encoder({
      limit_nodes: observeLimit,
      limit_text: 5_000_000,
      canonical: true,
      classId: (constructor) => this.#registry.idOf(constructor),
      special: (value) => {
        const index = typeof value === 'function' ? room.indexOf(value) : undefined;
        return index === undefined ? opaqueNode(value) : { k: 'function', log: index };
      },
      ...(hideInternal ? { skipKey: this.#internal } : {}),
    });
  }

  #owner(step: Step): unknown {
    const meta = this.#registry.functions[step.id];
    // The object that holds a function of an object literal is exposed under the negative of its number.
    return meta === undefined ? undefined : this.#registry.find(meta.class_id ?? -1 - meta.id);
  }

  /** Looks the function up before it is called, so that a missing one is told from one that throws. */
  #performer(step: Step, done: Done): () => unknown {
    const { self, args } = done;
    if (step.op === 'get') return () => (self as Record<string, unknown>)[step.name ?? ''];
    if (step.op === 'set') return () => Reflect.set(self as object, step.name ?? '', args[0]) as unknown;
    let fn: unknown;
    if (step.op === 'call') fn = this.#registry.find(step.id);
    else if (step.op === 'new') fn = this.#registry.find(this.#registry.functions[step.id]?.class_id ?? step.id);
    else if (step.op === 'apply') fn = done.callee;
    else fn = (self as Record<string, unknown> | undefined)?.[step.name ?? ''];
    if (typeof fn !== 'function') throw new Error(`${this.#registry.functions[step.id]?.symbol ?? step.id} cannot be reached`);
    const callee = fn;
    return step.op === 'new' ? () => Reflect.construct(callee, args) as unknown : () => Reflect.apply(callee, self, args) as unknown;
  }

  async #outcome(perform: () => unknown, options: ExecutorOptions, note: (kind: Subject['kind'], value: unknown) => void): Promise<void> {
    let value: unknown;
    try {
      value = perform();
      if (isIterator(value)) return note('yields', drain(value));
    } catch (error) {
      return note('throw', error);
    }
    if (isAsyncIterator(value)) value = drainAsync(value);
    if (!types.isPromise(value) && !isThenable(value)) return note('return', value);
    let open = true;
    const settle = (kind: Subject['kind']) => (settled: unknown) => {
      if (open) note(kind, settled);
      open = false;
    };
    (value as PromiseLike<unknown>).then(settle('resolve'), settle('reject'));
    await this.#world.drive(() => !open, options.settle_ms);
    if (open) note('pending', undefined);
    open = false;
  }

  /** Values later steps refer to are looked up now: the path may lead elsewhere once more steps have run. */
  #pin(session: Session, index: number, done: Done, pins: Map<string, unknown>): void {
    for (const path of outPaths(session, index)) {
      const [root, ...rest] = path;
      const start = root === 'ret' ? done.ret : root === 'this' ? done.self : undefined;
      pins.set(`${index}/${path.join('/')}`, follow(start, rest));
    }
  }
}

const paths = new WeakMap<Session, Map<number, PathPart[][]>>();
function outPaths(session: Session, index: number): PathPart[][] {
  let all = paths.get(session);
  if (!all) {
    all = new Map();
    JSON.stringify(session, (_key, value: unknown) => {
      if (typeof value === 'object' && value !== null && 'out' in value && 'path' in value) {
        const { out, path } = value as { out: number; path: PathPart[] };
        all?.set(out, [...(all.get(out) ?? []), path]);
      }
      return value;
    });
    paths.set(session, all);
  }
  return all.get(index) ?? [];
}

function follow(start: unknown, path: PathPart[]): unknown {
  let at = start;
  for (const part of path) {
    if ((typeof at !== 'object' && typeof at !== 'function') || at === null) return undefined;
    at = Object.getOwnPropertyDescriptor(at, part)?.value as unknown;
  }
  return at;
}

const isThenable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
const isIterator = (value: unknown): value is Iterator<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  (types.isGeneratorObject(value) || /Iterator\]$/.test(Object.prototype.toString.call(value))) &&
  !isAsyncIterator(value) &&
  typeof (value as { next?: unknown }).next === 'function';
const isAsyncIterator = (value: unknown): value is AsyncIterator<unknown> =>
  typeof value === 'object' && value !== null && /AsyncGenerator\]$/.test(Object.prototype.toString.call(value));

function drain(iterator: Iterator<unknown>): unknown[] {
  const out: unknown[] = [];
  for (let i = 0; i < yieldLimit; i++) {
    let next: IteratorResult<unknown>;
    try {
      next = iterator.next();
    } catch (error) {
      out.push({ thrown: error });
      return out;
    }
    out.push(next.done === true ? { end: next.value as unknown } : next.value);
    if (next.done === true) return out;
  }
  return out;
}

async function drainAsync(iterator: AsyncIterator<unknown>): Promise<unknown[]> {
  const out: unknown[] = [];
  for (let i = 0; i < yieldLimit; i++) {
    try {
      const next = await iterator.next();
      out.push(next.done === true ? { end: next.value as unknown } : next.value);
      if (next.done === true) return out;
    } catch (error) {
      out.push({ thrown: error });
      return out;
    }
  }
  return out;
}

export function isEngineError(error: unknown): boolean {
  if (!types.isNativeError(error) || !/^(?:Type|Range|Reference)Error$/.test(error.name)) return false;
  return engineMessage.test(error.message);
}

/** The same text that a generated test computes for the same outcome. */
function inspected(isError: boolean, value: unknown, done: Done, calls: string[]): string {
  const error = value as Error | undefined;
  const outcome = isError ? { error: `${error?.name}: ${error?.message}` } : { value };
  const args = done.args.map((arg) => (typeof arg === 'function' ? 'function' : arg));
  const same = done.args.map((arg) => holds(value, arg));
  return inspect({ ...outcome, self: done.self, args, same, calls }, INSPECT_OPTIONS);
}

const opaqueNode = (value: object): ReturnType<NonNullable<ConstructorParameters<typeof Encoder>[0]['special']>> => {
  const token = opaqueTokens.get(value);
  return token === undefined ? undefined : { k: 'opaque', token };
};
