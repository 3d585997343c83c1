import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_PLAN, Pcg32 } from '@codeoptima/statistics';
import { type CompareInput, comparePairs } from './compare.ts';
import { Pacer, type Suspendable, type WaitingClock } from './pacer.ts';
import type { PairedResult } from './result.ts';
import type { Sample, Sampler } from './sample.ts';
import { UsualSpeed } from './usual-speed.ts';

const STEP_MS = 5;
const WARM_UP_MS = 200;
const BATCHES = 5;

const sampleOf = (batches_ns: number[]): Sample => ({
  iterations: 100,
  calibrated_iterations: 100,
  settled_cpu_ns: 1e6,
  cpu_ns: batches_ns,
  thread_ns: batches_ns,
  wall_ns: batches_ns,
  load_cpu_ns: 1e6,
  setup_cpu_ns: 1e5,
  first_op_cpu_ns: 1e5,
  check_cold: 'same',
  check_warm: 'same',
  check_preview: 'same',
  peak_rss_bytes: 5e7,
  allocated_bytes_per_op: 1000,
  sizes: null,
  asynchronous: false,
  patched: { critical: [], others: [] },
});

/** A process that warms up and then works off batches; it gets on only while it runs. */
class Process implements Suspendable {
  runs = true;
  ran_ms = 0;
  readonly batches_ns: number[] = [];
  readonly #batch_ms: number;
  readonly #onEnd: () => void;
  #left_ms: number;
  #batch_cpu_ms = 0;

  constructor(batch_ms: number, onEnd: () => void) {
    this.#batch_ms = batch_ms;
    this.#left_ms = batch_ms;
    this.#onEnd = onEnd;
  }

  suspend(): void {
    this.runs = false;
  }

  resume(): void {
    this.runs = true;
  }

  pass(ms: number, slowness: number): void {
    this.ran_ms += ms;
    if (this.ran_ms < WARM_UP_MS || this.batches_ns.length === BATCHES) return;
    this.#batch_cpu_ms += ms;
    this.#left_ms -= ms / slowness;
    if (this.#left_ms > 0) return;
    // What was done beyond the batch belongs to the next one.
    const beyond_ms = -this.#left_ms * slowness;
    this.batches_ns.push((this.#batch_cpu_ms - beyond_ms) * 1e4);
    this.#batch_cpu_ms = beyond_ms;
    this.#left_ms += this.#batch_ms;
    if (this.batches_ns.length === BATCHES) this.#onEnd();
  }
}

/** A host whose core is at times half as fast, for a moment or for seconds, as neighbours on the same processor make it. */
class SharedHost {
  now_ms = 0;
  most_at_once = 0;
  readonly processes = new Set<Process>();
  readonly #random: Pcg32;
  readonly #slow_share: number;
  #slow = false;
  #changes_at = 0;

  constructor(seed: number, slow_share: number) {
    this.#random = new Pcg32(seed);
    this.#slow_share = slow_share;
  }

  get slowness(): number {
    while (this.now_ms >= this.#changes_at) {
      this.#slow = this.#random.nextFraction() < this.#slow_share;
      this.#changes_at += 20 + 6000 * this.#random.nextFraction() ** 3;
    }
    return (this.#slow ? 2 : 1) * (1 + 0.01 * this.#random.nextFraction());
  }

  readonly gauge = { read: async () => 1e6 * this.slowness };

  readonly clock: WaitingClock = {
    now: () => this.now_ms,
    pause: async (ms) => {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        this.now_ms += STEP_MS;
        const running = [...this.processes].filter((each) => each.runs);
        this.most_at_once = Math.max(this.most_at_once, running.length);
        for (const each of running) each.pass(STEP_MS, this.slowness);
      }
    },
  };

  /** Takes samples in turns with a pacer; without one they come one after the other. */
  sampler(arms: Readonly<Record<string, number>>, pacer: Pacer | null): Sampler {
    const take = async (dir: string): Promise<Sample> => {
      await pacer?.ready();
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      const process = new Process(arms[dir] as number, end);
      this.processes.add(process);
      const leave = pacer?.join(process);
      if (pacer === null) while (process.batches_ns.length < BATCHES) await this.clock.pause(STEP_MS);
      await ended;
      leave?.();
      this.processes.delete(process);
      return sampleOf(process.batches_ns);
    };
    return { takesTurns: pacer !== null, take: async (dir) => ({ ok: true, sample: await take(dir) }) };
  }
}

const input = (seed: number): CompareInput => ({
  trees: { base: 'base', candidate: 'candidate' },
  workload: { id: 'w', name: 'w', source: 'user' },
  plan: { ...DEFAULT_PLAN, target_pct: 5 },
  mode: 'stabilised',
  role: 'target',
  flags: ['--predictable'],
  seed,
  cpu: null,
});

async function compareOn(host: SharedHost, seed: number, candidate_ms: number, paced: boolean): Promise<PairedResult> {
  const pacer = paced ? new Pacer(host.gauge, new UsualSpeed(), 1500, host.clock) : null;
  return await comparePairs(host.sampler({ base: 20, candidate: candidate_ms }, pacer), input(seed));
}

async function compareOften(runs: number, candidate_ms: number, paced: boolean): Promise<{ claims: number; scatter: number }> {
  const results: PairedResult[] = [];
  for (let seed = 1; seed <= runs; seed++) results.push(await compareOn(new SharedHost(seed, 0.6), seed, candidate_ms, paced));
  const ratios = results.flatMap((result) => result.pairs.map((pair) => Math.abs(pair.log_ratio - Math.log(20 / candidate_ms))));
  return { claims: results.filter((result) => result.claimed).length, scatter: ratios.reduce((a, b) => a + b, 0) / ratios.length };
}

test('turns take most of a shared host out of the pairs, and identical code is no faster for it', async () => {
  const alone = await compareOften(15, 18.2, false);
  const turns = await compareOften(15, 18.2, true);
  assert.ok(turns.scatter < alone.scatter / 3, `mean error of a pair ${alone.scatter} one after the other, ${turns.scatter} in turns`);
  assert.equal(turns.claims, 15);
  assert.ok((await compareOften(60, 20, true)).claims <= 1);
});

test('processes of a pair run in turns, never at once, and each gets its share', async () => {
  const host = new SharedHost(7, 0);
  const leaving: Array<() => void> = [];
  const ended = Promise.withResolvers<void>();
  const pause = async (ms: number): Promise<void> => {
    await host.clock.pause(ms);
    if (host.now_ms < 2000) return;
    for (const leave of leaving) leave();
    ended.resolve();
  };
  const pacer = new Pacer(null, new UsualSpeed(), 0, { ...host.clock, pause });
  const members = [1, 2].map(() => new Process(20, () => undefined));
  for (const each of members) {
    host.processes.add(each);
    leaving.push(pacer.join(each));
  }
  await ended.promise;
  assert.equal(host.most_at_once, 1);
  const [one, two] = members.map((each) => each.ran_ms) as [number, number];
  assert.ok(Math.abs(one - two) <= 100, `${one} and ${two} ms`);
});

test('patience ends: a host that stays slow is measured as it is', async () => {
  const host = new SharedHost(1, 0);
  const readings = [100, 100, 100, 100, 100];
  const pacer = new Pacer({ read: async () => readings.shift() ?? 200 }, new UsualSpeed(), 500, host.clock);
  const result = await comparePairs(host.sampler({ base: 20, candidate: 10 }, pacer), input(3));
  assert.equal(result.claimed, true);
  // Two processes a pair, one for each side before.
  const patience_ms = 500 * (2 * result.pairs.length + 2);
  assert.ok(pacer.waited_ms > patience_ms / 2 && pacer.waited_ms < 1.1 * patience_ms, `${pacer.waited_ms} of ${patience_ms} ms`);
});

test('waiting for the core ends when the comparison is called off', async () => {
  const usual = new UsualSpeed();
  for (let i = 0; i < 10; i++) usual.isSlow(100);
  const host = new SharedHost(1, 0);
  const pacer = new Pacer({ read: async () => 300 }, usual, 60_000, host.clock);
  await assert.rejects(pacer.ready(AbortSignal.abort(new Error('called off'))), /called off/);
  assert.ok(host.now_ms < 1000);
});
