import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { types } from 'node:util';
import { CallSample } from './call-sample.ts';
import type { SampleLimits } from './call-sample.ts';
import { CallbackTaps } from './callback-taps.ts';
import type { Assign, TappedStep } from './callback-taps.ts';
import { Encoder } from './encode.ts';
import type { EncodeOptions } from './encode.ts';
import type { FunctionMeta, IteratorNode, Manifest, PathPart, StepOp } from './graph.ts';
import { bucket, isObject, KnownObjects, sizeOf } from './known-objects.ts';
import { carriesThis, isGlobal, isStateful } from './receivers.ts';
import { RecordLog } from './record-log.ts';
import type { FunctionCounts } from './record-log.ts';

interface OpenStep extends TappedStep {
  n: number;
  recorded: boolean;
  touched: Set<number>;
  carriesThis: boolean;
  /** The step this one is a part of. */
  outer?: OpenStep;
}

type Limits = SampleLimits & { bytes: number; nodes: number; text: number };
type Body = () => unknown;

/** Sees every call of an instrumented function and keeps a bounded, diverse sample. Runs inside the repository's test process. */
class Recorder {
  readonly #functions: FunctionMeta[];
  readonly #limits: Limits;
  readonly #log: RecordLog;
  readonly #open = new AsyncLocalStorage<OpenStep>();
  readonly #known = new KnownObjects();
  readonly #exported = new WeakMap<object, { file: string; path: PathPart[] }>();
  readonly #classes = new WeakMap<object, number>();
  readonly #counts = new Map<number, FunctionCounts>();
  /** Constructors of parents that ran, or run, for an instance of a class of the package: parts of a step that begins when they are done. */
  readonly #parts = new WeakMap<object, OpenStep>();
  readonly #classNames: ReadonlySet<string>;
  readonly #sample: CallSample;
  readonly #taps: CallbackTaps;
  #steps = 0;
  #order = 0;
  #busy = false;
  #unsaved = 0;

  constructor(home: string) {
    const config = JSON.parse(readFileSync(`${home}/manifest.json`, 'utf8')) as { manifest: Manifest; limits: Limits };
    this.#functions = config.manifest.functions;
    this.#classNames = new Set(this.#functions.filter((meta) => meta.kind === 'class').map((meta) => classNameOf(meta)));
    this.#limits = config.limits;
    this.#log = new RecordLog(`${home}/records`, config.limits.bytes);
    this.#sample = new CallSample(config.limits, this.#known, () => this.#log.isFull);
    this.#taps = new CallbackTaps({
      isBusy: () => this.#busy,
      quietly: (action) => this.#quietly(action),
      encoder: (onIterator) => this.#encoder(undefined, onIterator),
      saveLate: (step, log) => this.#log.write({ t: 'late', n: (step as OpenStep).n, log }),
      isClass: (fn) => this.#classes.has(fn),
    });
    process.on('exit', () => {
      this.#taps.saveIterators();
      this.#saveCounts();
    });
  }

  /** Looks at values without recording what that calls. */
  #quietly<T>(action: () => T): T {
    this.#busy = true;
    try {
      return action();
    } finally {
      this.#busy = false;
    }
  }

  /** A function body: decides whether this is an entry, a changed function, or neither, and runs it. */
  call(id: number, self: unknown, args: ArrayLike<unknown>, target: unknown, body: Body, assign?: Assign, callee?: unknown): unknown {
    if (this.#busy) return body();
    const meta = this.#functions[id] as FunctionMeta;
    const isPart = typeof target === 'function' && target.name !== classNameOf(meta) && this.#classNames.has(target.name);
    if (typeof target === 'function' && !isPart) this.#noteClass(target, meta.class_id ?? id);
    const counts = meta.changed ? this.#count(meta, args, self) : null;
    const outer = this.#open.getStore();
    if (outer !== undefined) {
      if (counts === null) return meta.neighbour && target === undefined ? this.#between(meta, self, args, body, outer) : body();
      this.#touch(outer, id);
      return this.#nested(meta, self, args, target, body, counts);
    }
    if (isPart) return this.#partly(meta, self, args, target, body);
    const step = this.#begin(meta, self, args, target, assign, callee);
    if (meta.changed) step.touched.add(id);
    return this.#open.run(step, () => this.#finish(step, body, counts, self, target));
  }

  /** The constructor of a parent: what it does belongs to the making of the instance, which `note` writes down with its own arguments. */
  #partly(meta: FunctionMeta, self: unknown, args: ArrayLike<unknown>, target: unknown, body: Body): unknown {
    const part = { ...unrecorded(), touched: new Set(meta.changed ? [meta.id] : []) };
    if (isObject(self)) this.#parts.set(self, part);
    try {
      return this.#open.run(part, body);
    } catch (error) {
      // The child will not get to its note: what is known of the call is the parent's share of it.
      const step = this.#begin(meta, self, args, target);
      for (const id of part.touched) step.touched.add(id);
      this.#end(step, 'throw');
      throw error;
    }
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

  /** A function that got a name only to know itself by: what others read is the name it had. */
  named(fn: object, name: string): object {
    return Object.defineProperty(fn, 'name', { value: name, configurable: true });
  }

  /** A constructor that has run `super()`, a class without a written constructor, or the start of a generator. */
  note(id: number, self: unknown, args: ArrayLike<unknown>, target: unknown): void {
    if (this.#busy) return;
    const meta = this.#functions[id] as FunctionMeta;
    const own = typeof target === 'function' && target.name === classNameOf(meta);
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
    const part = isObject(self) && target !== undefined ? this.#parts.get(self) : undefined;
    for (const inner of part?.touched ?? []) step.touched.add(inner);
    if (part) part.outer = step;
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
    const step: OpenStep = { ...unrecorded(), outer };
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

  #encoder(step?: OpenStep, onIterator?: EncodeOptions['onIterator']): Encoder {
    return new Encoder({
      limit_nodes: this.#limits.nodes,
      limit_text: this.#limits.text,
      classId: (constructor) => this.#classes.get(constructor),
      ...(onIterator ? { onIterator } : {}),
      ...(step
        ? {
            onPromise: (value: Promise<unknown>, node: number) => this.#taps.awaitArgument(step, value, node),
            onIterator: (value: object, node: IteratorNode, index: number) => this.#taps.listenToIterator(step, value, node, index),
          }
        : {}),
      special: (value) => {
        const known = step ? this.#known.find(this.#taps.originalOf(value) ?? value) : undefined;
        if (known && known.out !== step?.n && isStateful(value)) return known;
        const place = this.#exported.get(value);
        if (place && isStateful(value) && !this.#classes.has(value)) return { k: 'exported', ...place };
        const original = this.#taps.originalOf(value);
        return original
          ? { k: 'function', source: Function.prototype.toString.call(original), length: (original as () => void).length }
          : undefined;
      },
    });
  }

  #begin(meta: FunctionMeta, self: unknown, args: ArrayLike<unknown>, target: unknown, assign?: Assign, callee?: unknown): OpenStep {
    const step = unrecorded();
    if (this.#steps >= this.#limits.steps || !this.#sample.isWanted(meta, self, args, true, this.#counts.get(meta.id))) return step;
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
      this.#taps.listen(step, args, encoder, assign);
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

  #finish(step: OpenStep, body: Body, counts: FunctionCounts | null, self: unknown, target: unknown): unknown {
    try {
      const result = body();
      this.#settle(step, target === undefined ? result : (result ?? self), self);
      // Whoever handed in a function and gets it back finds it to be the same.
      return isObject(result) ? (this.#taps.originalOf(result) ?? result) : result;
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
    this.#taps.uproot(step);
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
    if (!this.#sample.isWanted(meta, self, args, false, this.#counts.get(meta.id))) return null;
    this.#busy = true;
    try {
      const encoder: Encoder = this.#encoder(
        undefined,
        // What is written down before the call has ended does not know what the iterator gave.
        later ? (value, node) => this.#taps.listenInside(value, node, encoder.nodes) : undefined,
      );
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

const unrecorded = (): OpenStep => ({
  n: -1,
  recorded: false,
  ended: false,
  touched: new Set(),
  logs: [],
  carriesThis: false,
  planted: [],
});

/** The name of the class that a constructor makes. */
const classNameOf = (meta: FunctionMeta): string => meta.symbol.split(/[./]/).at(meta.kind === 'constructor' ? -2 : -1) ?? '';

/** The folder that holds the manifest is the parent of this file's folder. */
export const recorder: Recorder = new Recorder(new URL('..', import.meta.url).pathname.replace(/\/$/, ''));
