import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NODE_TARGET, REPO_TARGET, run, type SandboxResult } from '@codeoptima/sandbox';
import type { ReplayJob, ReplayLine } from '../runtime/replay-main.ts';

const HOME_IN_SANDBOX = '/codeoptima-replay';
const LIFE_MS = 30 * 60_000;
const MIB = 1024 * 1024;
const POLL_MS = 4;
/** Modules loaded anew for each job are never freed: after so many jobs a process makes room for a fresh one. */
const JOBS_MAX = 24;
const STACK_KIB = 900;
const READ_BYTES = 1 << 20;

export interface JobEnd {
  finished: boolean;
  /** Ended by `wall_ms`, which says nothing about the session that ran. */
  late: boolean;
  failure: string;
}

export interface ProcessPlace {
  dir: string;
  home: string;
  /** Below what a main thread has, so that it is the engine that says when it is used up. */
  stack_kib?: number | undefined;
  unsafe_no_sandbox: boolean;
  signal?: AbortSignal | undefined;
}

/** One sandboxed process that does jobs one after the other: starting one costs more than most jobs. */
export class ReplayProcess {
  readonly #place: ProcessPlace;
  readonly #number: number;
  readonly #abort = new AbortController();
  readonly #exit: Promise<SandboxResult>;
  #ended: SandboxResult | null = null;
  #jobs = 0;

  constructor(place: ProcessPlace, number: number) {
    this.#place = place;
    this.#number = number;
    this.#exit = run({
      argv: [
        NODE_TARGET,
        `--stack-size=${place.stack_kib ?? STACK_KIB}`,
        '--no-warnings',
        `${HOME_IN_SANDBOX}/runtime/replay-main.js`,
        HOME_IN_SANDBOX,
        REPO_TARGET,
        String(number),
      ],
      cwd: REPO_TARGET,
      mounts: [
        { source: place.dir, target: REPO_TARGET, mode: 'ro' },
        { source: place.home, target: HOME_IN_SANDBOX, mode: 'rw' },
      ],
      // A zone with daylight saving and an odd offset: local time is not mistaken for universal time.
      env: { NODE_ENV: 'test', TZ: 'America/St_Johns', LANG: 'C.UTF-8' },
      limits: { wall_ms: LIFE_MS, memory_bytes: 3072 * MIB, file_bytes: 2048 * MIB, output_bytes: MIB },
      signal: place.signal ? AbortSignal.any([place.signal, this.#abort.signal]) : this.#abort.signal,
      unsafe_no_sandbox: place.unsafe_no_sandbox,
    });
    this.#exit.then(
      (result) => (this.#ended = result),
      () => undefined,
    );
  }

  /** Whether it can take another job. */
  get isUsable(): boolean {
    return this.#ended === null && !this.#abort.signal.aborted && this.#jobs < JOBS_MAX;
  }

  /** Does one job; `onLine` receives what it tells as it goes. */
  async do(job: ReplayJob, wall_ms: number, onLine: (line: ReplayLine) => void): Promise<JobEnd> {
    const name = `${this.#number}-${this.#jobs++}`;
    const [jobPath, outPath] = [join(this.#place.home, `job-${name}.json`), join(this.#place.home, `out-${name}.jsonl`)];
    writeFileSync(`${jobPath}.new`, JSON.stringify(job));
    renameSync(`${jobPath}.new`, jobPath);
    const tail = new Tail(outPath);
    const until = performance.now() + wall_ms;
    const end: JobEnd = { finished: false, late: false, failure: '' };
    const take = (): void => {
      for (const line of tail.read()) {
        if (line.t === 'failed') end.failure = line.message;
        if (line.t === 'finished') end.finished = true;
        onLine(line);
      }
    };
    try {
      for (;;) {
        const ended = this.#ended;
        take();
        if (end.finished) return end;
        if (ended !== null) return { ...end, failure: end.failure || ended.stderr.slice(-2000) };
        if (performance.now() > until) {
          await this.stop();
          take();
          return { ...end, late: true };
        }
        this.#place.signal?.throwIfAborted();
        await Promise.race([sleep(POLL_MS), this.#exit]);
      }
    } finally {
      tail.close();
      rmSync(jobPath, { force: true });
      rmSync(outPath, { force: true });
    }
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#exit.catch(() => undefined);
  }
}

/** Reads whole lines from a growing file. */
class Tail {
  readonly #path: string;
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);
  #fd = -1;
  #at = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  read(): ReplayLine[] {
    if (this.#fd < 0 && !existsSync(this.#path)) return [];
    if (this.#fd < 0) this.#fd = openSync(this.#path, 'r');
    const parts = [this.#rest];
    for (;;) {
      const size = readSync(this.#fd, this.#buffer, 0, READ_BYTES, this.#at);
      if (size === 0) break;
      this.#at += size;
      parts.push(Buffer.from(this.#buffer.subarray(0, size)));
    }
    if (parts.length === 1) return [];
    const all = Buffer.concat(parts);
    const last = all.lastIndexOf(10) + 1;
    this.#rest = all.subarray(last);
    return all
      .toString('utf8', 0, last)
      .split('\n')
      .flatMap((text) => parse(text) ?? []);
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
  }
}

function parse(text: string): ReplayLine | null {
  try {
    return text === '' ? null : (JSON.parse(text) as ReplayLine);
  } catch {
    return null;
  }
}
