import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { Executor } from './executor.ts';
import type { Manifest, Session } from './graph.ts';
import { ModuleLoader } from './module-hooks.ts';
import type { Overlay } from './module-hooks.ts';
import { Registry } from './registry.ts';
import { nothingSeen } from './session-result.ts';
import type { SessionResult } from './session-result.ts';
import { VirtualWorld } from './virtual-world.ts';

export type Treatment = 'cold' | 'warm' | 'aliased' | 'concurrent';

/** What one replay process is asked to do. */
export interface ReplayJob {
  manifest: Manifest;
  overlay: Overlay;
  sessions: Session[];
  /** Treatments in order, each with the keys of its sessions in order. */
  plan: { treatment: Treatment; keys: string[] }[];
  explain: boolean;
  seed: number;
  /** A session that takes more CPU time than this (in ms), or thirty times as long, ends the process. */
  hang_ms: number;
  settle_ms: number;
  coverage: boolean;
  /** Count reads of properties of plain data. */
  reads: boolean;
  /** Run the concurrent treatment one session at a time: only the steps within a session overlap. */
  alone: boolean;
  /** Mutants to run the sessions under, one after the other; empty: the code as it is. */
  mutants: number[];
  /** Digests of the unchanged code, by session: a mutant is dead at the first difference. */
  expected: Record<string, string>;
}

export type ReplayLine =
  | { t: 'start'; treatment: Treatment; key: string; mutant: number }
  | { t: 'done'; treatment: Treatment; result: SessionResult; blocks: number[]; ms: number }
  | { t: 'mutant'; mutant: number; killed: boolean; by: string | null }
  | { t: 'failed'; message: string }
  | { t: 'finished' };

const [, , home, root, number] = process.argv as [string, string, string, string, string];
let out = '';
const write = (line: ReplayLine): void => appendFileSync(out, `${JSON.stringify(line)}\n`);
const now_ms = performance.now.bind(performance);
const exit = process.exit.bind(process);
const CONCURRENT_SESSIONS = 3;
/** A process nobody gives work to ends by itself. */
const IDLE_MS = 5 * 60_000;

/**
 * A thread that ends the process when no session has begun for too long: a loop in the code under test blocks everything else. The cells:
 * sessions begun, the CPU time allowed in ms (0: nothing to watch); a busy machine gives a session no less than a quiet one.
 */
function guardAgainstHangs(): Int32Array {
  const beat = new Int32Array(new SharedArrayBuffer(8));
  const source = `const { workerData: beat } = require('node:worker_threads');
    const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
    let [seen, since, before] = [-1, performance.now(), used()];
    setInterval(() => {
      const [at, limit] = [Atomics.load(beat, 0), Atomics.load(beat, 1)];
      if (at !== seen || limit === 0) [seen, since, before] = [at, performance.now(), used()];
      else if (used() - before > limit || performance.now() - since > 30 * limit) process.kill(process.pid, 'SIGKILL');
    }, 50);`;
  new Worker(source, { eval: true, workerData: beat }).unref();
  return beat;
}

const state = globalThis as { __codeoptima_coverage?: Uint8Array; __codeoptima_mutant?: number; __codeoptima_loops?: number };
const coverage = new Uint8Array(65_536);
state.__codeoptima_coverage = coverage;
state.__codeoptima_mutant = -1;

class Replay {
  #job: ReplayJob;
  readonly #beat: Int32Array;
  readonly #world = new VirtualWorld();
  readonly #registry: Registry;
  readonly #executor: Executor;
  #sessions = new Map<string, Session>();

  /** `first` also says which modules there are; later jobs of one process share them. */
  constructor(first: ReplayJob) {
    this.#job = first;
    this.#beat = guardAgainstHangs();
    this.#world.install();
    this.#registry = new Registry(first.manifest, new ModuleLoader(root, home, first.overlay));
    this.#executor = new Executor(this.#registry, this.#world, first.manifest);
  }

  async run(job: ReplayJob): Promise<void> {
    this.#job = job;
    this.#sessions = new Map(job.sessions.map((session) => [session.key, session]));
    Atomics.add(this.#beat, 0, 1);
    Atomics.store(this.#beat, 1, job.hang_ms);
    try {
      await this.#runPlan();
    } finally {
      Atomics.store(this.#beat, 1, 0);
    }
    write({ t: 'finished' });
  }

  async #runPlan(): Promise<void> {
    if (this.#job.mutants.length > 0) await this.#runMutants();
    else
      for (const { treatment, keys } of this.#job.plan) {
        this.#registry.fresh();
        await (treatment === 'concurrent' && !this.#job.alone ? this.#concurrent(keys) : this.#oneByOne(treatment, keys));
      }
  }

  async #oneByOne(treatment: Treatment, keys: string[]): Promise<void> {
    for (const key of keys) {
      const start = now_ms();
      this.#world.reset(this.#job.seed);
      const result = await this.#one(key, treatment, -1);
      const blocks: number[] = [];
      if (this.#job.coverage) for (let i = 0; i < coverage.length; i++) if (coverage[i] !== 0) blocks.push(i);
      write({ t: 'done', treatment, result, blocks, ms: now_ms() - start });
    }
  }

  /** Groups of sessions started together on one virtual clock. */
  async #concurrent(keys: string[]): Promise<void> {
    for (let i = 0; i < keys.length; i += CONCURRENT_SESSIONS) {
      const start = now_ms();
      const order: string[] = [];
      this.#world.reset(this.#job.seed + i);
      const group = keys.slice(i, i + CONCURRENT_SESSIONS);
      const results = await Promise.all(
        group.map(async (key) => {
          const result = await this.#one(key, 'concurrent', -1);
          if (result.broken === null && result.digests.some(isLater)) order.push(key);
          return result;
        }),
      );
      const again = await this.#atOnce(results.filter((result) => result.broken === null && result.digests.some(isLater)));
      for (const result of results)
        write({
          t: 'done',
          treatment: 'concurrent',
          result: together({ ...result, order }, again.get(result.key)),
          blocks: [],
          ms: now_ms() - start,
        });
    }
  }

  /** The same sessions once more, with all their calls made before any of them goes on: what they share by mistake shows most. */
  async #atOnce(results: SessionResult[]): Promise<Map<string, SessionResult>> {
    this.#world.reset(this.#job.seed);
    const options = {
      explain: this.#job.explain,
      alias: false,
      pipelined: true,
      at_once: true,
      reads: false,
      settle_ms: this.#job.settle_ms,
    };
    const sessions = results.map(({ key }) => this.#sessions.get(key) as Session);
    for (const { key } of results) write({ t: 'start', treatment: 'concurrent', key, mutant: -1 });
    const again = await Promise.all(sessions.map((session) => this.#executor.run(session, options)));
    return new Map(again.map((result) => [result.key, result]));
  }

  async #runMutants(): Promise<void> {
    for (const mutant of this.#job.mutants) {
      state.__codeoptima_mutant = mutant;
      let by: string | null = null;
      for (const { treatment, keys } of this.#job.plan) {
        this.#registry.fresh();
        for (const key of keys) {
          if (by !== null) break;
          this.#world.reset(this.#job.seed);
          const result = await this.#one(key, treatment, mutant);
          if (result.digests.map((step) => step.public).join() !== this.#job.expected[`${treatment}:${key}`]) by = key;
        }
      }
      write({ t: 'mutant', mutant, killed: by !== null, by });
    }
  }

  #filesOf(session: Session): Set<string> {
    const files = session.steps.map((step) => this.#job.manifest.functions[step.id]?.file ?? '');
    for (const node of session.nodes) if (node.k === 'exported') files.push(node.file);
    return new Set(files);
  }

  async #one(key: string, treatment: Treatment, mutant: number): Promise<SessionResult> {
    const session = this.#sessions.get(key) as Session;
    Atomics.add(this.#beat, 0, 1);
    write({ t: 'start', treatment, key, mutant });
    if (treatment === 'cold') this.#registry.fresh();
    try {
      await this.#registry.load(this.#filesOf(session));
    } catch (error) {
      return { ...nothingSeen(key), broken: `the module did not load: ${String(error)}` };
    }
    coverage.fill(0);
    state.__codeoptima_loops = 0;
    return await this.#executor.run(session, {
      explain: this.#job.explain,
      alias: treatment === 'aliased',
      pipelined: treatment === 'concurrent',
      at_once: false,
      reads: this.#job.reads,
      settle_ms: this.#job.settle_ms,
    });
  }
}

const isLater = (step: SessionResult['digests'][number]): boolean => step.kind === 'resolve' || step.kind === 'reject';

/** What was seen one after the other, then what was seen at once. */
function together(first: SessionResult, second: SessionResult | undefined): SessionResult {
  if (!second) return first;
  return {
    ...first,
    digests: [...first.digests, ...second.digests],
    observations: first.observations && [...first.observations, ...(second.observations ?? [])],
    broken: first.broken ?? second.broken,
    engine_error: first.engine_error || second.engine_error,
  };
}

/** Blocks until the next job lies there, so that nothing of the code under test goes on meanwhile; null when nobody will bring one. */
function nextJob(index: number): ReplayJob | null {
  const path = `${home}/job-${number}-${index}.json`;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const until = now_ms() + IDLE_MS;
  for (let waited = 0; !existsSync(path); waited++) {
    if (now_ms() > until || !existsSync(`${home}/runtime`)) return null;
    Atomics.wait(cell, 0, 0, waited < 200 ? 2 : 10);
  }
  out = `${home}/out-${number}-${index}.jsonl`;
  return JSON.parse(readFileSync(path, 'utf8')) as ReplayJob;
}

try {
  process.on('uncaughtException', () => undefined);
  process.on('unhandledRejection', () => undefined);
  process.exit = ((code?: number) => {
    throw new Error(`process.exit(${code ?? ''}) was called`);
  }) as typeof process.exit;
  let replay: Replay | null = null;
  for (let index = 0, job = nextJob(0); job !== null; job = nextJob(++index)) {
    replay ??= new Replay(job);
    await replay.run(job);
  }
} catch (error) {
  if (out !== '') write({ t: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
exit(0);
