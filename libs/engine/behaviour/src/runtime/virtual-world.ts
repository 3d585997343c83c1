import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const epoch_ms = Date.UTC(2026, 0, 1);
const real = { setImmediate, setTimeout, Date, now: performance.now.bind(performance) };

/** Due timers that are run before what waits for them is given up: counted, not timed, so that a busy machine sees what a quiet one sees. */
const TURNS_MAX = 20_000;
/** Turns of the loop with nothing to run; the last ones take real time, for work of the host that it does not name. */
const IDLE_MAX = 50;
const IDLE_AT_ONCE = 40;
/** What passes where nothing is due. */
const PASSED_MS = 60_000;

/** Whether the host still works for the code: a file that is read, a name that is looked up. */
const isHostBusy = (): boolean => process.getActiveResourcesInfo().some((name) => /Req/.test(name));

interface Timer {
  id: number;
  due_ms: number;
  order: number;
  every_ms: number | null;
  run: () => void;
}

/** Time, randomness, ids, timers and output streams that are the same for both versions. */
export class VirtualWorld {
  #now_ms = epoch_ms;
  #asked = 0;
  #state = 1;
  #timers: Timer[] = [];
  #order = 0;
  #written: [string, string][] = [];

  install(): void {
    this.#installTime();
    this.#installRandom();
    this.#installTimers();
    for (const name of ['stdout', 'stderr'] as const)
      process[name].write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
        if (this.#written.length < 10_000)
          this.#written.push([name, typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')]);
        const done = rest.at(-1);
        if (typeof done === 'function') queueMicrotask(done as () => void);
        return true;
      }) as typeof process.stdout.write;
  }

  /** Puts everything back to the same start. */
  reset(seed: number): void {
    this.#now_ms = epoch_ms;
    this.#asked = 0;
    this.#state = (seed >>> 0) | 1;
    this.#timers = [];
    this.#order = 0;
    this.#written = [];
  }

  takeWritten(): [string, string][] {
    const written = this.#written;
    this.#written = [];
    return written;
  }

  random(): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /**
   * Lets microtasks and ready callbacks run, then due timers in order, until `isDone` or nothing is left. `host_ms` bounds what cannot be
   * counted: waiting for work of the host.
   */
  async drive(isDone: () => boolean, host_ms: number): Promise<void> {
    const until = real.now() + host_ms;
    let idle = 0;
    for (let turns = 0; turns < TURNS_MAX && !isDone(); ) {
      await new Promise<void>((resolve) => (idle > IDLE_AT_ONCE ? real.setTimeout(resolve, 1) : real.setImmediate(resolve)));
      if (isDone()) return;
      if (this.#runNext()) {
        idle = 0;
        turns++;
      } else if (++idle > IDLE_MAX && (!isHostBusy() || real.now() > until)) return;
    }
  }

  /**
   * Lets time pass: what is due next runs, in order, `count` timers at most; what they set in motion goes on between them. Where nothing is due
   * the clock moves on. Returns what timers threw.
   */
  async pass(count: number): Promise<unknown[]> {
    const thrown: unknown[] = [];
    const turn = (): Promise<void> => new Promise((resolve) => real.setImmediate(resolve));
    if (this.#timers.length === 0) this.#now_ms += PASSED_MS;
    for (let left = count; left > 0 && this.#timers.length > 0; left--) {
      try {
        this.#runNext();
      } catch (error) {
        thrown.push(error);
      }
      await turn();
    }
    return thrown;
  }

  /** False when nothing waits for its time. */
  get isWaiting(): boolean {
    return this.#timers.length > 0;
  }

  /** Something waits for its time, or the time was asked for. */
  get isTimed(): boolean {
    return this.#asked > 0 || this.isWaiting;
  }

  #runNext(): boolean {
    const next = this.#timers.sort((a, b) => a.due_ms - b.due_ms || a.order - b.order).shift();
    if (!next) return false;
    this.#now_ms = Math.max(this.#now_ms, next.due_ms);
    if (next.every_ms !== null) this.#timers.push({ ...next, due_ms: next.due_ms + Math.max(1, next.every_ms), order: this.#order++ });
    next.run();
    return true;
  }

  #clock(): number {
    // Frozen, so that a version that asks less often sees the same; it moves when something waits for it to move.
    if (++this.#asked % 10_000 === 0) this.#now_ms += 1;
    return this.#now_ms;
  }

  #installTime(): void {
    const clock = (): number => this.#clock();
    const VirtualDate = new Proxy(real.Date, {
      construct: (target, args: unknown[], newTarget) =>
        Reflect.construct(target, args.length === 0 ? [clock()] : args, newTarget) as object,
      apply: () => new real.Date(clock()).toString(),
      get: (target, key, receiver) => (key === 'now' ? clock : (Reflect.get(target, key, receiver) as unknown)),
    });
    globalThis.Date = VirtualDate;
    real.Date.prototype.constructor = VirtualDate;
    performance.now = () => clock() - epoch_ms;
    const hrtime = (() => [Math.floor(clock() / 1000), (clock() % 1000) * 1e6]) as unknown as typeof process.hrtime;
    hrtime.bigint = () => BigInt(clock()) * 1_000_000n;
    process.hrtime = hrtime;
  }

  #installRandom(): void {
    const fill = (bytes: Uint8Array): void => {
      for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(this.random() * 256);
    };
    const uuid = (): string => {
      const bytes = Buffer.alloc(16);
      fill(bytes);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const hex = bytes.toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    };
    const view = <T extends ArrayBufferView>(target: T): T => {
      fill(new Uint8Array(target.buffer, target.byteOffset, target.byteLength));
      return target;
    };
    Math.random = () => this.random();
    const later = (done: unknown, value: unknown): unknown =>
      typeof done === 'function' ? queueMicrotask(() => (done as (e: null, v: unknown) => void)(null, value)) : value;
    const patch = {
      randomUUID: uuid,
      randomBytes: (size: number, done?: unknown) => later(done, view(Buffer.alloc(size))),
      randomInt: (low: number, high?: unknown, done?: unknown) => {
        const [from, to] = typeof high === 'number' ? [low, high] : [0, low];
        return later(typeof high === 'function' ? high : done, from + Math.floor(this.random() * (to - from)));
      },
      randomFillSync: view,
      randomFill: (target: ArrayBufferView, done: unknown) => later(done, view(target)),
    };
    for (const [name, value] of Object.entries(patch)) Object.defineProperty(crypto, name, { value, configurable: true, writable: true });
    syncBuiltinESMExports();
    // The module's own getRandomValues is a getter that reads this one.
    Object.defineProperty(globalThis.crypto, 'getRandomValues', { value: view, configurable: true });
    Object.defineProperty(globalThis.crypto, 'randomUUID', { value: uuid, configurable: true });
  }

  #installTimers(): void {
    const add =
      (every: boolean) =>
      (fn: (...args: unknown[]) => void, delay_ms?: unknown, ...args: unknown[]) => {
        const wait = Number(delay_ms) > 0 ? Number(delay_ms) : 1;
        const timer: Timer = {
          id: ++this.#order,
          due_ms: this.#now_ms + wait,
          order: this.#order,
          every_ms: every ? wait : null,
          run: () => fn(...args),
        };
        this.#timers.push(timer);
        const handle = {
          id: timer.id,
          ref: () => handle,
          unref: () => handle,
          hasRef: () => true,
          refresh: () => handle,
          close: () => clear(handle),
          [Symbol.toPrimitive]: () => timer.id,
        };
        return handle;
      };
    const clear = (handle: unknown): void => {
      const id = typeof handle === 'object' && handle !== null ? (handle as { id?: number }).id : Number(handle);
      this.#timers = this.#timers.filter((timer) => timer.id !== id);
    };
    Object.assign(globalThis, {
      setTimeout: add(false),
      setInterval: add(true),
      setImmediate: (fn: (...args: unknown[]) => void, ...args: unknown[]) => add(false)(fn, 0, ...args),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
    });
  }
}
