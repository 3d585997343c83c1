import { inspect } from 'node:util';
import { CallbackRoom, INSPECT_OPTIONS } from './callbacks.ts';
import { Decoder } from './decode.ts';
import type { Executor, ExecutorOptions } from './executor.ts';
import type { PathPart, Session, Step } from './graph.ts';
import { holds } from './holds.ts';
import { observe } from './observation.ts';
import type { Subject } from './observation.ts';
import { meddle } from './meddle.ts';
import { makeOpaque } from './opaque.ts';
import { drain, drainAsync, isAsyncIterator, isEngineError, isIterator, isThenable, type Pause } from './outcomes.ts';
import { scribble, vary } from './scribble.ts';
import { nothingSeen } from './session-result.ts';
import type { SessionResult } from './session-result.ts';

interface Done {
  ret: unknown;
  self: unknown;
  args: unknown[];
  callee: unknown;
  settled: boolean;
}

/** One session on its way: the values its steps made, the callbacks it handed in, what was seen so far. */
export class SessionRun {
  readonly #executor: Executor;
  readonly #session: Session;
  readonly #options: ExecutorOptions;
  readonly #result: SessionResult;
  readonly #room: CallbackRoom;
  readonly #decoder: Decoder;
  readonly #done: Done[] = [];
  readonly #pins = new Map<string, unknown>();
  readonly #passedOn = new Map<number, Iterator<unknown> | AsyncIterator<unknown>>();
  readonly #trip = { tripped: false };
  readonly #paths: Map<number, PathPart[][]>;
  /** The code under test runs, not the harness that looks at what it left. */
  #running = false;
  /** The first call of callbacks that came while time passed between two steps. */
  #meanwhile: number | null = null;
  /** Values in place of those of the step. */
  #given: { self: unknown; args: unknown[] } | null = null;

  constructor(executor: Executor, session: Session, options: ExecutorOptions) {
    this.#executor = executor;
    this.#session = session;
    this.#options = options;
    this.#paths = outPaths(session);
    this.#result = { ...nothingSeen(session.key), observations: options.explain ? [] : null };
    this.#room = new CallbackRoom(() => this.#executor.encoder((value) => this.#room.indexOf(value), true), options.explain);
    this.#decoder = new Decoder(session.nodes, {
      classOf: (id) => executor.registry.find(id) as (new (...args: never[]) => object) | undefined,
      functionOf: (id) => executor.registry.find(id),
      exportOf: (file, path) => executor.registry.exportOf(file, path),
      output: (step, path) => this.#pins.get(`${step}/${path.join('/')}`),
      callback: (node, index, own) => this.#room.make(node, index, own),
      iterator: (node, index, own) => this.#room.iterator(node, index, own),
      opaque: (token, standsFor) => makeOpaque(token, standsFor, this.#trip),
      ...(options.reads ? { onRead: (place: string) => this.#noteRead(place) } : {}),
    });
  }

  async run(): Promise<SessionResult> {
    const { steps } = this.#session;
    this.#room.other = (index) => this.#aside(index);
    try {
      for (const [index, step] of steps.entries()) {
        if (step.waits) await this.#pass(step.waits);
        const waiting = this.#do(step, index, this.#decoder);
        // Not even a turn between two calls, unless one needs the other.
        if (waiting || !this.#options.at_once) await waiting;
        if (this.#executor.world.isTimed) this.#result.timed = true;
      }
      await this.#waitFor(this.#done, () => this.#notePending());
      if (this.#options.at_once) return this.#result;
      if (this.#options.alias) await this.#again(steps.length - 1);
      await this.#drainPassedOn();
      await this.#runTimers();
      // All results side by side: an object handed out twice shows here.
      if (this.#done.length > 1)
        this.#write({
          kind: 'final',
          values: Object.fromEntries(this.#done.map((item, index) => [`step ${index}`, item.ret])),
          calls: [],
          written: [],
        });
    } catch (error) {
      this.#result.broken = error instanceof Error ? error.message : String(error);
    }
    this.#result.tripped = this.#trip.tripped;
    return this.#result;
  }

  /** What timers do that no step waited for: all of it counts, however late it comes. */
  async #runTimers(): Promise<void> {
    const { world } = this.#executor;
    if (this.#options.pipelined || !world.isWaiting) return;
    const firstCall = this.#room.calls.length;
    this.#room.inspected.length = 0;
    const thrown = await this.#pass(TIMERS_MAX);
    this.#write({ kind: 'final', values: { thrown }, calls: this.#room.calls.slice(firstCall), written: world.takeWritten() });
    const last = this.#result.observations?.at(-1);
    if (last) Object.assign(last, { timers: true, inspected: `[${this.#room.inspected.splice(0).join(', ')}]` });
  }

  /** What runs meanwhile is written down with the step that follows. */
  async #pass(count: number): Promise<unknown[]> {
    this.#meanwhile ??= this.#room.calls.length;
    return await this.#executor.world.pass(count);
  }

  /** What iterators still give that steps handed on to each other. */
  async #drainPassedOn(): Promise<void> {
    for (const [index, iterator] of this.#passedOn) {
      const firstCall = this.#room.calls.length;
      const onYield = (): void => this.#room.noteYield();
      const drained: Pick<Done, 'ret' | 'settled'> = { ret: 'pending', settled: false };
      const note = (value: unknown): void => void Object.assign(drained, { ret: value, settled: true });
      if (isIterator(iterator)) note(drain(iterator, onYield));
      else drainAsync(iterator, onYield).then(note, note);
      await this.#waitFor([drained]);
      const calls = this.#room.calls.slice(firstCall);
      this.#write({ kind: 'final', values: { [`left of step ${index}`]: drained.ret }, calls, written: [] });
      const last = this.#result.observations?.at(-1);
      if (last) Object.assign(last, { left: index, inspected: inspect(drained.ret, INSPECT_OPTIONS) });
    }
  }

  /** The second call of the aliased treatment: nothing the first call handed out may be remembered. */
  async #again(last: number): Promise<void> {
    const step = this.#session.steps[last] as Step;
    const first = this.#done[last] as Done;
    const isFree = step.op === 'call' || step.op === 'new' || step.op === 'static';
    scribble(first.ret);
    for (const arg of first.args) scribble(arg);
    await this.#do(step, this.#session.steps.length, isFree ? new Decoder(this.#session.nodes, this.#decoder.options) : this.#decoder);
    await this.#waitFor(this.#done);
    const second = this.#done.at(-1) as Done;
    if (!isFree || this.#result.engine_error || !second.args.some((arg) => typeof arg === 'object' && arg !== null)) return;
    // Once more with the very objects of the second call, of which something has changed since.
    for (const arg of second.args) vary(arg);
    this.#given = { self: second.self, args: second.args };
    await this.#do(step, this.#session.steps.length + 1, this.#decoder);
    await this.#waitFor(this.#done);
    const seen = this.#result.digests.at(-1);
    if (this.#result.engine_error && seen) seen.engine = true;
    this.#result.engine_error = false;
  }

  /** A step done from within a callback: on what the session has made so far. */
  #aside(index: number): unknown {
    const step = this.#session.steps[index];
    return step && this.#performer(step, this.#valuesOf(step, this.#decoder))();
  }

  #valuesOf(step: Step, decoder: Decoder): Done {
    return {
      ret: undefined,
      self: step.op === 'static' ? this.#owner(step) : decoder.value(step.self),
      args: step.args.map((arg) => decoder.value(arg)),
      callee: step.callee === undefined ? undefined : decoder.value(step.callee),
      settled: false,
    };
  }

  /** Does a step; returns what has to be waited for before the next one, if anything. */
  #do(step: Step, index: number, decoder: Decoder): Promise<void> | null {
    const done: Done = { ...this.#valuesOf(step, decoder), ...this.#given };
    const perform = this.#performer(step, done);
    this.#done.push(done);
    const firstCall = this.#meanwhile ?? this.#room.calls.length;
    this.#meanwhile = null;
    this.#room.reenter = perform;
    // Written down at the very moment the outcome is known: what happens later was not waited for.
    const note = (kind: Subject['kind'], value: unknown): void => {
      if (done.settled) return;
      done.settled = true;
      this.#note(kind, value, step, index, done, firstCall);
      this.#pin(index, done);
      if (step.owner === 'add') meddle([done.ret, ...done.args], 'add');
      else if (step.owner) for (const mine of [done.ret, ...done.args]) vary(mine);
    };
    const promise = this.#start(perform, note, index, done);
    if (!promise) return null;
    promise.then(
      (value) => note('resolve', value),
      (error: unknown) => note('reject', error),
    );
    const isNeeded = !this.#options.pipelined || this.#paths.has(index);
    return isNeeded ? this.#waitFor([done], () => note('pending', undefined)) : null;
  }

  /** A later step uses the very result. */
  #isPassedOn(index: number): boolean {
    return this.#paths.get(index)?.some((path) => path.length === 1 && path[0] === 'ret') === true;
  }

  /**
   * Runs a step; returns the promise it gave, if any, else notes the outcome at once. An iterator that a later step uses is left to that step;
   * what is left of it is written down at the end.
   */
  #start(
    perform: () => unknown,
    note: (kind: Subject['kind'], value: unknown) => void,
    index: number,
    done: Done,
  ): PromiseLike<unknown> | null {
    let value: unknown;
    try {
      this.#running = true;
      value = perform();
      this.#running = false;
      const onYield = (): void => this.#room.noteYield();
      const isSync = isIterator(value);
      if ((isSync || isAsyncIterator(value)) && this.#isPassedOn(index))
        this.#passedOn.set(index, value as Iterator<unknown> | AsyncIterator<unknown>);
      else if (isSync || isAsyncIterator(value)) {
        this.#result.iterates.push(index);
        const pause = this.#pauseOf(index, done);
        value = isSync
          ? { yields: drain(value as Iterator<unknown>, onYield, pause) }
          : drainAsync(value as AsyncIterator<unknown>, onYield, pause);
      }
    } catch (error) {
      this.#running = false;
      note('throw', error);
      return null;
    }
    if (isThenable(value)) return value;
    if (typeof value === 'object' && value !== null && Object.keys(value).join() === 'yields')
      note('yields', (value as { yields: unknown }).yields);
    else note('return', value);
    return null;
  }

  /** What the consumer of a step's iterator does on the way. */
  #pauseOf(index: number, { self, args }: Done): Pause | undefined {
    const takes = this.#session.steps[Math.min(index, this.#session.steps.length - 1)]?.takes;
    if (!takes) return undefined;
    const { after, doing } = takes;
    const act = (iterator: Iterator<unknown> | AsyncIterator<unknown>): unknown => {
      if (doing === 'return') return iterator.return?.();
      if (doing === 'throw') return iterator.throw?.(new Error('thrown by the consumer'));
      if (typeof doing === 'object') this.#aside(doing.step);
      else meddle([self, ...args], doing);
      return undefined;
    };
    return { after, act };
  }

  async #waitFor(items: readonly { settled: boolean }[], onPending?: () => void): Promise<void> {
    if (items.every((item) => item.settled)) return;
    await this.#executor.world.drive(() => items.every((item) => item.settled), this.#options.settle_ms);
    onPending?.();
  }

  #note(kind: Subject['kind'], value: unknown, step: Step, index: number, done: Done, firstCall: number): void {
    const isError = kind === 'throw' || kind === 'reject';
    done.ret = isError ? undefined : value;
    if (isError && isEngineError(value)) this.#result.engine_error = true;
    if (this.#options.at_once) return this.#writeAt(index, kind, value);
    if (!isLookedAt(index, this.#session.steps.length)) return this.#glance(kind, value, firstCall);
    const values: Record<string, unknown> = { outcome: value };
    if (this.#options.pipelined) values['number'] = index;
    if (done.self !== undefined && step.op !== 'static') values['this'] = done.self;
    for (const [i, arg] of done.args.entries()) values[`argument ${i}`] = arg;
    this.#write({ kind, values, calls: this.#room.calls.slice(firstCall), written: this.#executor.world.takeWritten() });
    const last = this.#result.observations?.at(-1);
    if (last) last.inspected = inspected(isError, value, done, this.#room.inspected.splice(0));
  }

  /** Of calls that run at the same time what each of them gave, in the order they were made: who comes first and sees what of the others is open. */
  #writeAt(index: number, kind: Subject['kind'], value: unknown): void {
    const make = (hide: boolean) => this.#executor.encoder((object) => this.#room.indexOf(object), hide);
    const subject: Subject = { kind, values: { outcome: value, number: index }, calls: [], written: [] };
    const { seen, digests } = observe(subject, make, { at_once: index });
    this.#result.digests[index] = { kind, ...digests };
    if (this.#result.observations) {
      const shown = /throw|reject/.test(kind) ? { error: errorText(value) } : { value };
      this.#result.observations[index] = { ...seen, inspected: inspect(shown, INSPECT_OPTIONS) };
    }
  }

  #notePending(): void {
    if (this.#options.at_once)
      for (const [index, done] of this.#done.entries()) if (!done.settled) this.#writeAt(index, 'pending', undefined);
  }

  /** The outcome of one of very many steps: how it ended, what callbacks were told, and a plain value. What it changed shows at a later step. */
  #glance(kind: Subject['kind'], value: unknown, firstCall: number): void {
    const isPlain = (typeof value !== 'object' || value === null) && typeof value !== 'function';
    const values: Record<string, unknown> = isPlain ? { outcome: value } : {};
    this.#write({ kind, values, calls: this.#room.calls.slice(firstCall), written: this.#executor.world.takeWritten() });
  }

  #write(subject: Subject): void {
    const make = (hide: boolean) => this.#executor.encoder((value) => this.#room.indexOf(value), hide);
    const { seen, digests } = observe(subject, make);
    this.#result.digests.push({ kind: subject.kind, ...digests });
    this.#result.observations?.push(seen);
  }

  #noteRead(place: string): void {
    const { reads } = this.#result;
    if (this.#running) reads[place] = (reads[place] ?? 0) + 1;
  }

  #owner(step: Step): unknown {
    const { registry } = this.#executor;
    const meta = registry.functions[step.id];
    // The object that holds a function of an object literal is exposed under the negative of its number.
    return meta === undefined ? undefined : registry.find(meta.class_id ?? -1 - meta.id);
  }

  /** Looks the function up before it is called, so that a missing one is told from one that throws. */
  #performer(step: Step, done: Done): () => unknown {
    const { self, args } = done;
    const { registry } = this.#executor;
    if (step.op === 'get') return () => (self as Record<string, unknown>)[step.name ?? ''];
    if (step.op === 'set') return () => Reflect.set(self as object, step.name ?? '', args[0]) as unknown;
    let fn: unknown;
    if (step.op === 'call') fn = registry.find(step.id);
    else if (step.op === 'new') fn = registry.find(registry.functions[step.id]?.class_id ?? step.id);
    else if (step.op === 'apply') fn = done.callee;
    else fn = (self as Record<string, unknown> | undefined)?.[step.name ?? ''];
    if (typeof fn !== 'function') throw new Error(`${registry.functions[step.id]?.symbol ?? step.id} cannot be reached`);
    const callee = fn;
    return step.op === 'new' ? () => Reflect.construct(callee, args) as unknown : () => Reflect.apply(callee, self, args) as unknown;
  }

  /** Values later steps refer to are looked up now: the path may lead elsewhere once more steps have run. */
  #pin(index: number, done: Done): void {
    for (const path of this.#paths.get(index) ?? []) {
      const [root, ...rest] = path;
      this.#pins.set(`${index}/${path.join('/')}`, follow(root === 'ret' ? done.ret : root === 'this' ? done.self : undefined, rest));
    }
  }
}

/** Timers that run after the last step; those that come back each time would never end. */
const TIMERS_MAX = 60;

/** Steps after which everything they touched is compared; of a long session, the first ones, some on the way, and the last. */
const LOOKS = 32;
const WAY = 1.2;

function isLookedAt(index: number, count: number): boolean {
  if (index < LOOKS || index >= count - 2) return true;
  const turn = (at: number): number => Math.floor(Math.log(at / LOOKS) / Math.log(WAY));
  return turn(index) > turn(index - 1);
}

/** Paths by which later steps refer to the results of each step. */
function outPaths(session: Session): Map<number, PathPart[][]> {
  const all = new Map<number, PathPart[][]>();
  JSON.stringify([session.steps, session.nodes], (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'out' in value && 'path' in value) {
      const { out, path } = value as { out: number; path: PathPart[] };
      all.set(out, [...(all.get(out) ?? []), path]);
    }
    return value;
  });
  return all;
}

function follow(start: unknown, path: PathPart[]): unknown {
  let at = start;
  for (const part of path) {
    if ((typeof at !== 'object' && typeof at !== 'function') || at === null) return undefined;
    at = Object.getOwnPropertyDescriptor(at, part)?.value as unknown;
  }
  return at;
}

const errorText = (value: unknown): string => {
  const error = value as Error | undefined;
  return `${error?.name}: ${error?.message}`;
};

const isWithNext = (arg: unknown): boolean => typeof (arg as { next?: unknown } | null | undefined)?.next === 'function';

/** The same text that a generated test computes for the same outcome. */
function inspected(isError: boolean, value: unknown, done: Done, calls: string[]): string {
  const outcome = isError ? { error: errorText(value) } : { value };
  const args = done.args.map((arg) => (typeof arg === 'function' ? 'function' : isWithNext(arg) ? 'iterator' : arg));
  const same = done.args.map((arg) => holds(value, arg));
  return inspect({ ...outcome, self: done.self, args, same, calls }, INSPECT_OPTIONS);
}
