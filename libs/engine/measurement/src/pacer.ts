import { setTimeout as sleep } from 'node:timers/promises';
import { CoreGauge, type SpeedGauge } from './core-gauge.ts';
import { UsualSpeed } from './usual-speed.ts';

/** A running process that can be stood still; its CPU time stands still with it. */
export interface Suspendable {
  suspend(): void;
  resume(): void;
}

/** Time as it is waited for; tests put their own here. */
export interface WaitingClock {
  now(): number;
  pause(ms: number): Promise<unknown>;
}
const WALL: WaitingClock = { now: () => performance.now(), pause: sleep };

/** A turn is some two batches long. */
const TURN_MS = 50;
const POLL_MS = 30;
/** After so long in one wait the slow speed may be the usual one from now on. */
const WAIT_MAX_MS = 5000;

/**
 * Gives the processes of a pair their core in turns, and only while it is as fast as usual. On a shared host a core can be half as fast
 * for a moment or for seconds, and a pair whose arms fall on both sides of that says nothing of them. In turns both arms live through the
 * same phases; and between two rounds a fixed operation of our own is timed on the core, and while it takes longer than usual nobody
 * runs. The figure of a process is CPU time, in which standing still does not show. The rule is the same for both arms and never asks
 * for their times: arms of identical code stay alike, and the test of the pairs keeps its level. Each process that starts adds
 * `patience_ms` to what may be waited in all; where that is used up turns go on without waiting.
 */
export class Pacer {
  readonly #gauge: SpeedGauge | null;
  readonly #usual: UsualSpeed;
  readonly #clock: WaitingClock;
  readonly #members = new Set<Suspendable>();
  readonly #patience_ms: number;
  #left_ms = 0;
  #is_turning = false;
  /** Time in milliseconds that nobody ran because the core was slow. */
  waited_ms = 0;

  constructor(gauge: SpeedGauge | null, usual: UsualSpeed, patience_ms: number, clock: WaitingClock = WALL) {
    this.#gauge = gauge;
    this.#usual = usual;
    this.#patience_ms = patience_ms;
    this.#clock = clock;
  }

  /** Waits until the core is as fast as usual; call it before a process starts. */
  async ready(signal?: AbortSignal): Promise<void> {
    this.#left_ms += this.#patience_ms;
    while (!this.#usual.isKnown) if ((await this.#isSlow()) === null) return;
    await this.#waitWhileSlow(() => signal?.aborted === true);
    signal?.throwIfAborted();
  }

  /** From now on the process runs when it is its turn. Call what is returned when it has ended. */
  join(process: Suspendable): () => void {
    this.#members.add(process);
    if (this.#members.size > 1) process.suspend();
    if (!this.#is_turning) void this.#takeTurns();
    return () => this.#members.delete(process);
  }

  async #takeTurns(): Promise<void> {
    this.#is_turning = true;
    while (this.#members.size > 0) {
      for (const process of this.#members) {
        process.resume();
        for (let turn_ms = 0; turn_ms < TURN_MS && this.#members.has(process); turn_ms += TURN_MS / 5) await this.#clock.pause(TURN_MS / 5);
        process.suspend();
      }
      await this.#waitWhileSlow(() => this.#members.size === 0);
    }
    this.#is_turning = false;
  }

  async #isSlow(): Promise<boolean | null> {
    const reading = (await this.#gauge?.read()) ?? null;
    return reading === null ? null : this.#usual.isSlow(reading);
  }

  async #waitWhileSlow(isOver: () => boolean): Promise<void> {
    if (this.#left_ms <= 0 || (await this.#isSlow()) !== true) return;
    const began = this.#clock.now();
    const end = began + Math.min(WAIT_MAX_MS, this.#left_ms);
    while (!isOver() && this.#clock.now() < end) {
      await this.#clock.pause(POLL_MS);
      if ((await this.#isSlow()) !== true) break;
    }
    const waited_ms = this.#clock.now() - began;
    this.waited_ms += waited_ms;
    this.#left_ms -= waited_ms;
  }
}

const usual_speeds = new Map<number, UsualSpeed>();

/** Runs `action` with a pacer for a core, or with null where there is no core to be pinned to: then nothing can take turns on it. */
export async function withPacer<T>(cpu: number | null, patience_ms: number, action: (pacer: Pacer | null) => Promise<T>): Promise<T> {
  if (cpu === null) return await action(null);
  await using gauge = await CoreGauge.start(cpu);
  const usual = usual_speeds.get(cpu) ?? new UsualSpeed();
  usual_speeds.set(cpu, usual);
  return await action(new Pacer(gauge, usual, patience_ms));
}
