import { CodeOptimaError, ProgressEvent, type Run, RunSnapshot } from '@codeoptima/contracts';
import type { RunApi } from '../client/run-api.ts';
import { milestones } from './milestones.ts';
import type { Painter } from './painter.ts';
import { viewOf } from './view.ts';

export interface FollowOptions {
  api: RunApi;
  run_id: string;
  painter: Painter;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** Aborting leaves the run alone and ends the following. */
  signal: AbortSignal;
  /** What the reader knows already: only what is new since then is told. */
  known?: RunSnapshot;
  /** Whether a run that waits for a person counts as ended. Default true. */
  stop_at_signoff?: boolean;
  repaint_ms?: number;
}

const RETRY_MS = [200, 500, 1000, 2000, 5000];
/** A question to a planner that is gone may itself take long, so the clock decides, and the number of tries besides. */
const GIVE_UP_MS = 120_000;
const TRIES_MAX = 15;

export const snapshotOf = (run: Run): RunSnapshot => RunSnapshot.parse(JSON.parse(run.snapshotJson));

/** When a run ended, or now for one that has not: milliseconds since the epoch. */
export const endOf = ({ endedAt }: Run, now_ms: number): number =>
  endedAt === undefined ? now_ms : Number(endedAt.seconds) * 1000 + endedAt.nanos / 1e6;

/**
 * Shows a run until it ends, waits for a person, or `signal` aborts; answers with the last snapshot (null when aborted before the first).
 * A lost connection is taken up again: the planner may be restarted under a run. Gives up after about two minutes without an answer.
 */
export async function followRun(options: FollowOptions): Promise<RunSnapshot | null> {
  const follower = new Follower(options);
  const timer = setInterval(() => follower.paint(), options.repaint_ms ?? 250);
  try {
    return await follower.run();
  } finally {
    clearInterval(timer);
    options.painter.end();
  }
}

class Follower {
  readonly #options: FollowOptions;
  #known: RunSnapshot | null;
  #snapshot: RunSnapshot | null = null;
  #progress: ProgressEvent | null = null;
  #version = 0;
  #failures = 0;
  #failing_since_ms = 0;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#known = options.known ?? null;
  }

  async run(): Promise<RunSnapshot | null> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#refresh();
        if (this.#isOver()) return this.#snapshot;
        await this.#watch();
      } catch (error) {
        if (signal.aborted) break;
        await this.#pause(CodeOptimaError.from(error));
      }
    }
    return this.#snapshot;
  }

  paint(): void {
    const { painter, now } = this.#options;
    if (this.#snapshot) painter.view(viewOf(this.#snapshot, this.#progress, now()), now());
  }

  async #watch(): Promise<void> {
    const { api, run_id, signal } = this.#options;
    for await (const event of api.watch({ run_id, after_version: this.#version, signal })) {
      if (event.version === 0n) {
        const progress = ProgressEvent.safeParse(JSON.parse(event.dataJson));
        if (event.type === 'progress' && progress.success) this.#progress = progress.data;
        continue;
      }
      this.#version = Number(event.version);
      await this.#refresh();
      if (this.#isOver()) return;
    }
    // The stream ended without an end of the run: the planner went away politely.
    if (!signal.aborted) await this.#options.sleep(RETRY_MS[0] ?? 200);
  }

  async #refresh(): Promise<void> {
    const { api, run_id, painter } = this.#options;
    const run = await api.get(run_id);
    const next = snapshotOf(run);
    if (this.#snapshot?.state !== next.state) this.#progress = null;
    for (const line of milestones(this.#known, next)) painter.line(line);
    this.#known = next;
    this.#snapshot = next;
    this.#version = Math.max(this.#version, Number(run.version));
    this.#failures = 0;
    this.paint();
  }

  #isOver(): boolean {
    const stopsHere = this.#snapshot?.state === 'awaiting_signoff' && (this.#options.stop_at_signoff ?? true);
    return this.#snapshot !== null && (this.#snapshot.terminal || stopsHere);
  }

  async #pause(error: CodeOptimaError): Promise<void> {
    const { now, painter, sleep } = this.#options;
    if (this.#failures++ === 0) this.#failing_since_ms = now();
    // A server that is stopped cuts its streams as cancelled; our own signal was looked at before.
    const isPassing = error.retryable || error.code === 'cancelled';
    if (!isPassing || this.#failures > TRIES_MAX || now() - this.#failing_since_ms > GIVE_UP_MS) throw error;
    if (this.#failures === 3) painter.line(`waiting for the planner (${error.message})`);
    await sleep(RETRY_MS[Math.min(this.#failures, RETRY_MS.length) - 1] ?? 5000);
  }
}
