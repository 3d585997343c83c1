import { appendFileSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { Executor } from './executor.ts';
import type { SessionResult } from './executor.ts';
import type { Manifest, Session } from './graph.ts';
import { ModuleLoader } from './module-hooks.ts';
import type { Overlay } from './module-hooks.ts';
import { Registry } from './registry.ts';
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
  /** A session that takes longer than this (in ms) ends the process. */
  hang_ms: number;
  settle_ms: number;
  coverage: boolean;
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
const write = (line: ReplayLine): void => appendFileSync(`${home}/out-${number}.jsonl`, `${JSON.stringify(line)}\n`);
const now_ms = performance.now.bind(performance);
const exit = process.exit.bind(process);
const CONCURRENT_SESSIONS = 3;

/** A thread that ends the process when no session has begun for too long: a loop in the code under test blocks everything else. */
function guardAgainstHangs(hang_ms: number): Int32Array {
  const beat = new Int32Array(new SharedArrayBuffer(4));
  const source = `const { workerData: { beat, ms } } = require('node:worker_threads');
    let seen = -1;
    setInterval(() => { const at = Atomics.load(beat, 0); if (at === seen) process.kill(process.pid, 'SIGKILL'); seen = at; }, ms);`;
  new Worker(source, { eval: true, workerData: { beat, ms: hang_ms } }).unref();
  return beat;
}

const state = globalThis as { __codeoptima_coverage?: Uint8Array; __codeoptima_mutant?: number; __codeoptima_loops?: number };
const coverage = new Uint8Array(65_536);
state.__codeoptima_coverage = coverage;
state.__codeoptima_mutant = -1;

class Replay {
  readonly #job: ReplayJob;
  readonly #beat: Int32Array;
  readonly #world = new VirtualWorld();
  readonly #registry: Registry;
  readonly #executor: Executor;
  readonly #sessions: Map<string, Session>;

  constructor(job: ReplayJob) {
    this.#job = job;
    this.#beat = guardAgainstHangs(job.hang_ms);
    this.#world.install();
    this.#registry = new Registry(job.manifest, new ModuleLoader(root, home, job.overlay));
    this.#executor = new Executor(this.#registry, this.#world, job.manifest);
    this.#sessions = new Map(job.sessions.map((session) => [session.key, session]));
  }

  async run(): Promise<void> {
    if (this.#job.mutants.length > 0) await this.#runMutants();
    else
      for (const { treatment, keys } of this.#job.plan) {
        this.#registry.fresh();
        await (treatment === 'concurrent' && !this.#job.alone ? this.#concurrent(keys) : this.#oneByOne(treatment, keys));
      }
    write({ t: 'finished' });
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
      const results = await Promise.all(
        keys.slice(i, i + CONCURRENT_SESSIONS).map(async (key) => {
          const result = await this.#one(key, 'concurrent', -1);
          if (result.broken === null && result.digests.some((step) => step.kind === 'resolve' || step.kind === 'reject')) order.push(key);
          return result;
        }),
      );
      for (const result of results)
        write({ t: 'done', treatment: 'concurrent', result: { ...result, order }, blocks: [], ms: now_ms() - start });
    }
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
      const broken = `the module did not load: ${String(error)}`;
      return { key, digests: [], observations: null, broken, engine_error: false, tripped: false, order: [] };
    }
    coverage.fill(0);
    state.__codeoptima_loops = 0;
    return await this.#executor.run(session, {
      explain: this.#job.explain,
      alias: treatment === 'aliased',
      pipelined: treatment === 'concurrent',
      settle_ms: this.#job.settle_ms,
    });
  }
}

try {
  const job = JSON.parse(readFileSync(`${home}/job-${number}.json`, 'utf8')) as ReplayJob;
  process.on('uncaughtException', () => undefined);
  process.on('unhandledRejection', () => undefined);
  process.exit = ((code?: number) => {
    throw new Error(`process.exit(${code ?? ''}) was called`);
  }) as typeof process.exit;
  await new Replay(job).run();
} catch (error) {
  write({ t: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
exit(0);
