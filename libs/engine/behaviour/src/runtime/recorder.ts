import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { types } from 'node:util';
import { Encoder } from './encode.ts';
import type { Answer, FunctionMeta, Manifest, Node, PathPart, StepOp, Value } from './graph.ts';
import { bucket, isObject, KnownObjects, shapeOf, sizeOf } from './known-objects.ts';
import { RecordLog } from './record-log.ts';
import type { FunctionCounts } from './record-log.ts';

interface OpenStep {
  n: number;
  recorded: boolean;
  ended: boolean;
  touched: Set<number>;
  logs: AnswerLog[];
  carriesThis: boolean;
  /** Callbacks put into data that was handed in, to be taken out again. */
  planted: { holder: object; key: string; fn: unknown; proxy: object }[];
  /** The step this one is a part of. */
  outer?: OpenStep;
}

interface AnswerLog {
  node: number;
  answers: Answer[];
  nodes: Node[];
}

type Body = () => unknown;
type Assign = (index: number, value: unknown) => unknown;

interface Limits {
  sessions_per_function: number;
  sessions_per_shape: number;
  steps: number;
  bytes: number;
  nodes: number;
  text: number;
}

const ANSWERS_MAX = 2000;
/** Of calls alike beyond those kept at first, one is kept each time their number has grown by this factor: state grows from call to call. */
const SPACING = 1.5;

/** Sees every call of an instrumented function and keeps a bounded, diverse sample. Runs inside the repository's test process. */
class Recorder {
  readonly #functions: FunctionMeta[];
  readonly #limits: Limits;
  readonly #log: RecordLog;
  readonly #open = new AsyncLocalStorage<OpenStep>();
  readonly #known = new KnownObjects();
  readonly #exported = new WeakMap<object, { file: string; path: PathPart[] }>();
  readonly #classes = new WeakMap<object, number>();
  readonly #proxies = new WeakMap<object, object>();
  /** Where the answers of each callback are noted at present. */
  readonly #listeners = new WeakMap<object, { step: OpenStep; log: AnswerLog }>();
  readonly #originals = new WeakMap<object, object>();
  readonly #counts = new Map<number, FunctionCounts>();
  readonly #kept = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  readonly #largest = new Map<number, number>();
  #steps = 0;
  #order = 0;
  #busy = false;
  #unsaved = 0;

  constructor(home: string) {
    const config = JSON.parse(readFileSync(`${home}/manifest.json`, 'utf8')) as { manifest: Manifest; limits: Limits };
    this.#functions = config.manifest.functions;
    this.#limits = config.limits;
    this.#log = new RecordLog(`${home}/records`, config.limits.bytes);
    process.on('exit', () => this.#saveCounts());
  }

  /** A function body: decides whether this is an entry, a changed function, or neither, and runs it. */
  call(id: number, self: unknown, args: ArrayLike<unknown>, target: unknown, body: Body, assign?: Assign, callee?: unknown): unknown {
    if (this.#busy) return body();
    const meta = this.#functions[id] as FunctionMeta;
    if (typeof target === 'function') this.#noteClass(target, meta.class_id ?? id);
    const counts = meta.changed ? this.#count(meta, args, self) : null;
    const outer = this.#open.getStore();
    if (outer !== undefined) {
      if (counts === null) return meta.neighbour && target === undefined ? this.#between(meta, self, args, body, outer) : body();
      this.#touch(outer, id);
      return this.#nested(meta, self, args, target, body, counts);
    }
    const step = this.#begin(meta, self, args, target, assign, callee);
    if (meta.changed) step.touched.add(id);
    return this.#open.run(step, () => this.#finish(step, body, counts, self, target));
  }

  /** An arrow function: wrapped as a value, since it has no `arguments` of its own. */
  arrow(id: number, fn: (...args: unknown[]) => unknown, name: string): unknown {
    const wrapper = (...args: unknown[]): unknown =>
      this.call(
        id,
        undefined,
        args,
        undefined,
        () => fn(...args),
        (index, value) => (args[index] = value),
        wrapper,
      );
    Object.defineProperty(wrapper, 'length', { value: fn.length, configurable: true });
    Object.defineProperty(wrapper, 'name', { value: fn.name || name, configurable: true });
    return wrapper;
  }

  /** A constructor that has run `super()`, a class without a written constructor, or the start of a generator. */
  note(id: number, self: unknown, args: ArrayLike<unknown>, target: unknown): void {
    if (this.#busy) return;
    const meta = this.#functions[id] as FunctionMeta;
    const own = typeof target === 'function' && target.name === meta.symbol.split(/[./]/).at(meta.kind === 'constructor' ? -2 : -1);
    if (typeof target === 'function' && !own) return;
    if (own) this.#noteClass(target as object, meta.class_id ?? id);
    const outer = this.#open.getStore();
    if (meta.changed) {
      const counts = this.#count(meta, args, self);
      if (outer) this.#touch(outer, id);
      if (outer) this.#keepCall(meta, self, args, target, counts, false);
    }
    if (outer) return;
    const step = this.#begin(meta, target === undefined ? self : undefined, args, target);
    if (meta.changed) step.touched.add(id);
    if (step.recorded && target !== undefined) this.#known.register(step.n, ['ret'], self);
    this.#end(step, 'return');
  }

  /** The exports of a module that has just run: functions and objects in them can be found again. */
  exports(file: string, values: object): void {
    for (const [name, value] of Object.entries(Object.getOwnPropertyDescriptors(values)))
      this.#noteExport(file, [name], value.get?.call(values) ?? value.value);
  }

  #noteExport(file: string, path: PathPart[], value: unknown): void {
    if (!isObject(value) || isGlobal(value) || this.#exported.has(value)) return;
    this.#exported.set(value, { file, path });
    if (path.length > 2) return;
    for (const [name, inner] of Object.entries(Object.getOwnPropertyDescriptors(value)))
      if ('value' in inner && name !== 'prototype') this.#noteExport(file, [...path, name], inner.value);
  }

  /** By its prototype as well: an assigned prototype object often does not name its constructor. */
  #noteClass(target: object, id: number): void {
    this.#classes.set(target, id);
    const prototype: unknown = Reflect.get(target, 'prototype');
    if (isObject(prototype)) this.#classes.set(prototype, id);
  }

  #touch(step: OpenStep, id: number): void {
    for (let at: OpenStep | undefined = step; at && !at.touched.has(id); at = at.outer) {
      at.touched.add(id);
      if (at.ended && at.recorded) this.#log.write({ t: 'touch', n: at.n, id });
    }
  }

  /** A caller between the entry and changed functions: kept like a changed function of its own when one of them has run in it. */
  #between(meta: FunctionMeta, self: unknown, args: ArrayLike<unknown>, body: Body, outer: OpenStep): unknown {
    const keep = this.#keepCall(meta, self, args, undefined, null, true);
    if (!keep) return body();
    const step: OpenStep = { n: -1, recorded: false, ended: false, touched: new Set(), logs: [], carriesThis: false, planted: [], outer };
    const end = (thrown: boolean): void => {
      if (step.touched.size > 0) keep(thrown, [...step.touched]);
    };
    try {
      const result = this.#open.run(step, body);
      if (types.isPromise(result))
        result.then(
          () => end(false),
          () => end(true),
        );
      else end(false);
      return result;
    } catch (error) {
      end(true);
      throw error;
    }
  }

  #count(meta: FunctionMeta, args: ArrayLike<unknown>, self: unknown): FunctionCounts {
    let counts = this.#counts.get(meta.id);
    if (!counts) this.#counts.set(meta.id, (counts = { calls: 0, thrown: 0, sizes: {}, shapes: {}, not_carried: {} }));
    counts.calls++;
    const size = String(bucket(sizeOf(args, self)));
    counts.sizes[size] = (counts.sizes[size] ?? 0) + 1;
    if (++this.#unsaved > 20_000) this.#saveCounts();
    return counts;
  }

  #saveCounts(): void {
    this.#unsaved = 0;
    if (this.#counts.size > 0) this.#log.write({ t: 'counts', counts: [...this.#counts] });
  }

  #encoder(step?: OpenStep): Encoder {
    return new Encoder({
      limit_nodes: this.#limits.nodes,
      limit_text: this.#limits.text,
      classId: (constructor) => this.#classes.get(constructor),
      ...(step ? { onPromise: (value: Promise<unknown>, node: number) => this.#awaitArgument(step, value, node) } : {}),
      special: (value) => {
        const known = step ? this.#known.find(this.#originals.get(value) ?? value) : undefined;
        if (known && known.out !== step?.n && isStateful(value)) return known;
        const place = this.#exported.get(value);
        if (place && isStateful(value) && !this.#classes.has(value)) return { k: 'exported', ...place };
        const original = this.#originals.get(value);
        return original
          ? { k: 'function', source: Function.prototype.toString.call(original), length: (original as () => void).length }
          : undefined;
      },
    });
  }

  /** `isLink`: later steps may refer to this one, so that leaving it out would cost them as well. */
  #isWanted(meta: FunctionMeta, self: unknown, args: ArrayLike<unknown>, isLink: boolean): boolean {
    if (this.#log.isFull) return false;
    let shape = `${meta.id}`;
    let isStateful = isObject(self) && this.#known.find(self) !== undefined;
    for (let i = 0; i < args.length && i < 8; i++) {
      const arg = args[i];
      shape += `|${shapeOf(arg)}`;
      if (isObject(arg) && this.#known.find(arg) !== undefined) isStateful = true;
    }
    const size = sizeOf(args, self);
    const isLargest = size > (this.#largest.get(meta.id) ?? -1);
    if (isLargest) this.#largest.set(meta.id, size);
    const kept = this.#kept.get(shape) ?? 0;
    const isChained = isLink && (isStateful || meta.kind === 'constructor' || meta.kind === 'class');
    const limit = isChained ? this.#limits.steps : this.#limits.sessions_per_shape;
    const total = this.#kept.get(`#${meta.id}`) ?? 0;
    const isSpaced = !isLink && this.#isSpaced(shape, limit);
    if (!isLargest && ((kept >= limit && !isSpaced) || total > this.#limits.sessions_per_function * 16)) return false;
    this.#kept.set(shape, kept + 1);
    this.#kept.set(`#${meta.id}`, total + 1);
    const counts = this.#counts.get(meta.id);
    if (counts && Object.keys(counts.shapes).length < 64) counts.shapes[shape.slice(shape.indexOf('|') + 1)] = kept + 1;
    return true;
  }

  #isSpaced(shape: string, from: number): boolean {
    const seen = (this.#seen.get(shape) ?? 0) + 1;
    this.#seen.set(shape, seen);
    const turns = Math.log(seen / from) / Math.log(SPACING);
    return seen > from && Math.floor(turns) > Math.floor(Math.log((seen - 1) / from) / Math.log(SPACING));
  }

  #begin(meta: FunctionMeta, self: unknown, args: ArrayLike<unknown>, target: unknown, assign?: Assign, callee?: unknown): OpenStep {
    const step: OpenStep = { n: -1, recorded: false, ended: false, touched: new Set(), logs: [], carriesThis: false, planted: [] };
    if (this.#steps >= this.#limits.steps || !this.#isWanted(meta, self, args, true)) return step;
    this.#busy = true;
    try {
      step.n = this.#steps++;
      step.recorded = true;
      const encoder = this.#encoder(step);
      const how = this.#how(meta, self, target, callee);
      step.carriesThis = how.op !== 'call' && carriesThis(meta, how.op, self);
      const line = {
        t: 'step' as const,
        n: step.n,
        at: this.#order++,
        id: meta.id,
        ...how,
        ...(how.op === 'apply' ? { callee: encoder.value(callee) } : {}),
        self: encoder.value(carriesThis(meta, how.op, self) ? self : undefined),
        args: Array.from({ length: args.length }, (_, i) => encoder.value(args[i])),
        nodes: encoder.nodes,
      };
      this.#listen(step, args, encoder, assign);
      this.#log.write(line);
    } finally {
      this.#busy = false;
    }
    return step;
  }

  #how(meta: FunctionMeta, self: unknown, target: unknown, callee: unknown): { op: StepOp; name?: string } {
    if (target !== undefined) return { op: 'new' };
    if (meta.kind === 'getter') return { op: 'get', name: meta.name };
    if (meta.kind === 'setter') return { op: 'set', name: meta.name };
    if (meta.kind === 'static' && !(meta.class_id === null && isObject(self) && this.#known.find(self)))
      return { op: 'static', name: meta.name };
    if (isObject(self) && (meta.kind === 'method' || meta.kind === 'static')) return { op: 'method', name: meta.name };
    if (isObject(callee) && this.#known.find(callee)) return { op: 'apply' };
    if (meta.expression === null && meta.exported === null && isObject(callee) && this.#exported.has(callee)) return { op: 'apply' };
    if (meta.expression === null && isObject(self) && meta.name !== '' && this.#exported.has(self))
      return { op: 'method', name: meta.name };
    if (isObject(self) && typeof self === 'object' && meta.name !== '' && this.#known.find(self)) return { op: 'method', name: meta.name };
    return { op: 'call' };
  }

  /**
   * Puts a logging proxy in the place of each function that was handed in, as an argument or inside plain data, so that its answers can be
   * played back.
   */
  #listen(step: OpenStep, args: ArrayLike<unknown>, encoder: Encoder, assign: Assign | undefined): void {
    const { objects } = encoder;
    for (const [fn, node] of objects) {
      if (typeof fn !== 'function' || !this.#isCallback(fn, encoder.nodes[node])) continue;
      const log: AnswerLog = { node, answers: [], nodes: [] };
      step.logs.push(log);
      this.#listeners.set(fn, { step, log });
      const proxy = this.#proxyOf(fn as (...args: unknown[]) => unknown);
      if (assign) for (let i = 0; i < args.length; i++) if (args[i] === fn) assign(i, proxy);
      for (const holder of objects.keys()) if (isPlainHolder(holder)) this.#plant(step, holder, fn, proxy);
    }
  }

  #isCallback(fn: object, node: Node | undefined): boolean {
    if (node?.k !== 'function' || node.source === undefined || this.#classes.has(fn) || this.#originals.has(fn)) return false;
    return !/^class\b/.test(node.source);
  }

  #plant(step: OpenStep, holder: object, fn: object, proxy: object): void {
    for (const key of Object.keys(holder)) {
      const descriptor = Object.getOwnPropertyDescriptor(holder, key);
      if (descriptor?.value !== fn || !descriptor.writable) continue;
      Reflect.set(holder, key, proxy);
      step.planted.push({ holder, key, fn, proxy });
    }
  }

  #uproot(step: OpenStep): void {
    for (const { holder, key, fn, proxy } of step.planted.splice(0)) if (Reflect.get(holder, key) === proxy) Reflect.set(holder, key, fn);
  }

  #noteAnswer(fn: object, kind: 'ret' | 'throw', value: unknown): void {
    const { step, log } = this.#listeners.get(fn) ?? {};
    if (!step || !log || step.ended || log.answers.length >= ANSWERS_MAX || this.#busy) return;
    const write = (given: unknown): Value => {
      this.#busy = true;
      try {
        const encoder = this.#encoder();
        const base = log.nodes.length;
        const answer = shift(encoder.value(given), base);
        log.nodes.push(...encoder.nodes.map((node) => shiftNode(node, base)));
        return answer;
      } finally {
        this.#busy = false;
      }
    };
    if (kind === 'throw') log.answers.push({ throw: write(value) });
    else if (!types.isPromise(value)) log.answers.push({ ret: write(value) });
    else {
      const node: Node & { k: 'promise' } = { k: 'promise' };
      log.nodes.push(node);
      log.answers.push({ ret: { r: log.nodes.length - 1 } });
      value.then(
        (given) => void (node.settled = { ret: write(given) }),
        (error: unknown) => void (node.settled = { throw: write(error) }),
      );
    }
  }

  /** A promise that was handed in is carried by what it settles to. */
  #awaitArgument(step: OpenStep, value: Promise<unknown>, node: number): boolean {
    const log: AnswerLog = { node, answers: [], nodes: [] };
    step.logs.push(log);
    this.#listeners.set(value, { step, log });
    value.then(
      (given) => this.#noteAnswer(value, 'ret', given),
      (error: unknown) => this.#noteAnswer(value, 'throw', error),
    );
    return true;
  }

  #proxyOf(fn: (...args: unknown[]) => unknown): object {
    const known = this.#proxies.get(fn);
    if (known) return known;
    const proxy = new Proxy(fn, {
      apply: (target, self, args) => {
        try {
          const result: unknown = Reflect.apply(target, self, args);
          this.#noteAnswer(fn, 'ret', result);
          return result;
        } catch (error) {
          this.#noteAnswer(fn, 'throw', error);
          throw error;
        }
      },
    });
    this.#proxies.set(fn, proxy);
    this.#originals.set(proxy, fn);
    return proxy;
  }

  #finish(step: OpenStep, body: Body, counts: FunctionCounts | null, self: unknown, target: unknown): unknown {
    try {
      const result = body();
      this.#settle(step, target === undefined ? result : (result ?? self), self);
      return result;
    } catch (error) {
      if (counts) counts.thrown++;
      this.#end(step, 'throw');
      throw error;
    }
  }

  #settle(step: OpenStep, result: unknown, self: unknown): void {
    if (!step.recorded) return;
    this.#busy = true;
    try {
      this.#known.register(step.n, ['ret'], result);
      if (step.carriesThis) this.#known.register(step.n, ['this'], self);
    } finally {
      this.#busy = false;
    }
    if (!types.isPromise(result)) return this.#end(step, 'return');
    // Written down now, should the process end before it settles, and again when it has.
    this.#writeEnd(step, 'return');
    result.then(
      (value: unknown) => (this.#known.register(step.n, ['ret'], value), this.#end(step, 'return')),
      () => this.#end(step, 'throw'),
    );
  }

  #writeEnd(step: OpenStep, kind: 'return' | 'throw'): void {
    this.#log.write({ t: 'end', n: step.n, kind, touched: [...step.touched], logs: step.logs });
  }

  #end(step: OpenStep, kind: 'return' | 'throw'): void {
    if (!step.recorded || step.ended) return;
    step.ended = true;
    this.#uproot(step);
    this.#writeEnd(step, kind);
  }

  #nested(meta: FunctionMeta, self: unknown, args: ArrayLike<unknown>, target: unknown, body: Body, counts: FunctionCounts): unknown {
    const keep = this.#keepCall(meta, self, args, target, counts, true);
    try {
      const result = body();
      keep?.(false);
      return result;
    } catch (error) {
      counts.thrown++;
      keep?.(true);
      throw error;
    }
  }

  /** A changed function called from inside the package: encoded on its own, where its inputs can be carried. */
  #keepCall(
    meta: FunctionMeta,
    self: unknown,
    args: ArrayLike<unknown>,
    target: unknown,
    counts: FunctionCounts | null,
    later: boolean,
  ): ((thrown: boolean, touched?: number[]) => void) | null {
    const noteLost = (reason: string): void => {
      if (counts) counts.not_carried[reason] = (counts.not_carried[reason] ?? 0) + 1;
    };
    if (meta.closure && meta.kind !== 'method') {
      noteLost('closure over local variables');
      return null;
    }
    if (!this.#isWanted(meta, self, args, false)) return null;
    this.#busy = true;
    try {
      const encoder = this.#encoder();
      const how = this.#how(meta, self, target, undefined);
      const line = {
        t: 'call' as const,
        id: meta.id,
        ...how,
        self: encoder.value(carriesThis(meta, how.op, self) ? self : undefined),
        args: Array.from({ length: args.length }, (_, i) => encoder.value(args[i])),
        nodes: encoder.nodes,
        size: sizeOf(args, self),
      };
      for (const reason of encoder.problems) noteLost(reason);
      if (encoder.problems.size > 0) return null;
      const write = (thrown: boolean, touched?: number[]): void => this.#log.write({ ...line, thrown, ...(touched ? { touched } : {}) });
      if (!later) write(false);
      return later ? write : null;
    } finally {
      this.#busy = false;
    }
  }
}

/** Plain data is written by content; what has behaviour or identity is referred to. */
function isStateful(value: object): boolean {
  if (typeof value === 'function') return true;
  if (Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Of any realm: a test runner may give each file its own Object.
  const isPlain = prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty'));
  return !isPlain || Object.values(Object.getOwnPropertyDescriptors(value)).some((descriptor) => typeof descriptor.value === 'function');
}

/** The global object of any realm, or a module: a receiver only because of how the call was written. */
const isGlobal = (value: unknown): boolean =>
  value === globalThis || types.isModuleNamespaceObject(value) || Object.prototype.toString.call(value) === '[object global]';

/** Arrays and plain objects that may be written to: what tests hand in as data. */
function isPlainHolder(value: object): boolean {
  if (typeof value === 'function' || Object.isFrozen(value)) return false;
  return Array.isArray(value) || !isInstance(value);
}

function isInstance(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
}

/** A receiver that is not looked at is left out: often it is the module or the global object. */
function carriesThis(meta: FunctionMeta, op: StepOp, self: unknown): boolean {
  if (op === 'new' || op === 'static' || isGlobal(self)) return false;
  return op !== 'call' || meta.uses_this;
}

const shift = (value: Value, base: number): Value =>
  typeof value === 'object' && value !== null && 'r' in value ? { r: value.r + base } : value;
function shiftNode(node: Node, base: number): Node {
  return JSON.parse(JSON.stringify(node), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('r' in value) || Object.keys(value).length !== 1) return value;
    return { r: (value as { r: number }).r + base };
  }) as Node;
}

/** The folder that holds the manifest is the parent of this file's folder. */
export const recorder: Recorder = new Recorder(new URL('..', import.meta.url).pathname.replace(/\/$/, ''));
