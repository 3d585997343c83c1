import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CodeOptimaError, RunRequest, RunService, RunSnapshot, TERMINAL_STATES } from '@codeoptima/contracts';
import { type RpcServer, serve, service } from '@codeoptima/rpc';

interface ScriptedRun {
  snapshot: RunSnapshot;
  key: string;
  version: number;
}

type Change = (snapshot: RunSnapshot) => Partial<RunSnapshot>;

/**
 * A planner that is played by hand, behind the real gRPC server: the test says what a run becomes. `onSubmit`, `onCancel` and `onApprove`
 * say what follows a call.
 */
export class ScriptedPlanner {
  readonly runs = new Map<string, ScriptedRun>();
  readonly calls: string[] = [];
  onSubmit: (run_id: string) => void = () => undefined;
  onCancel: (run_id: string) => void = (run_id) => this.change(run_id, () => ({ state: 'cancelled', terminal: true, reason: 'cancelled' }));
  onApprove: (run_id: string) => void = (run_id) => this.change(run_id, () => ({ state: 'succeeded', terminal: true, reason: 'approved' }));
  readonly address: string;
  #server: RpcServer | null = null;
  #changed = Promise.withResolvers<void>();

  constructor(socket: string) {
    this.address = `unix:${socket}`;
  }

  static async start(dir: string): Promise<ScriptedPlanner> {
    await mkdir(join(dir, 's'), { mode: 0o700 });
    const planner = new ScriptedPlanner(join(dir, 's', 'planner.sock'));
    await planner.listen();
    return planner;
  }

  async listen(): Promise<void> {
    this.#server = await serve({ address: this.address, services: [service(RunService, this.#implementation())] });
  }

  async stop(): Promise<void> {
    await this.#server?.stop(50);
    this.#server = null;
  }

  change(run_id: string, change: Change): void {
    const run = this.#run(run_id);
    run.snapshot = RunSnapshot.parse({ ...run.snapshot, ...change(run.snapshot) });
    run.version++;
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve();
  }

  #run(run_id: string): ScriptedRun {
    const run = run_id === '' ? [...this.runs.values()].at(-1) : this.runs.get(run_id);
    if (run === undefined) throw new CodeOptimaError('not_found', `there is no run ${run_id}.`);
    return run;
  }

  #message({ snapshot, version }: ScriptedRun) {
    return {
      runId: snapshot.run_id,
      state: snapshot.state,
      terminal: snapshot.terminal,
      reason: snapshot.reason,
      version: BigInt(version),
      repository: snapshot.request.repository,
      snapshotJson: JSON.stringify(snapshot),
      submittedAt: { seconds: BigInt(Math.floor(snapshot.submitted_at_ms / 1000)), nanos: 0 },
      // Every run of it takes 30 s.
      ...(snapshot.terminal ? { endedAt: { seconds: BigInt(Math.floor(snapshot.submitted_at_ms / 1000) + 30), nanos: 0 } } : {}),
    };
  }

  #submit(key: string, request_json: string) {
    const known = [...this.runs.values()].find((run) => run.key === key);
    if (known) return { run: this.#message(known), created: false };
    const run_id = createHash('sha256').update(key).digest('hex').slice(0, 12);
    const request = RunRequest.parse(JSON.parse(request_json));
    const snapshot = RunSnapshot.parse({
      run_id,
      state: 'baseline',
      terminal: false,
      reason: 'submitted',
      request,
      iteration: 0,
      submitted_at_ms: 1_700_000_000_000 + this.runs.size * 1000,
      deadline_ms: null,
      cost: { usd: 0, ci_minutes: 0 },
      baseline: null,
      hotspots: null,
      accepted: [],
      rejected: [],
      review: null,
    });
    const run = { snapshot, key, version: 1 };
    this.runs.set(run_id, run);
    this.onSubmit(run_id);
    return { run: this.#message(run), created: true };
  }

  async *#watch(runId: string, after_version: number, signal: AbortSignal) {
    let sent = after_version;
    while (!signal.aborted) {
      const run = this.#run(runId);
      while (sent < run.version) yield { event: { runId, version: BigInt(++sent), type: 'Changed', dataJson: '{}' } };
      if ((TERMINAL_STATES as readonly string[]).includes(run.snapshot.state)) return;
      const aborted = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => aborted.resolve(), { once: true });
      await Promise.race([this.#changed.promise, aborted.promise]);
    }
  }

  #implementation() {
    const told = (call: string): void => void this.calls.push(call);
    const answer = (run_id: string) => ({ run: this.#message(this.#run(run_id)) });
    return {
      submitRun: async (request: { idempotencyKey: string; requestJson: string }) => {
        told('submit');
        return this.#submit(request.idempotencyKey, request.requestJson);
      },
      getRun: async ({ runId }: { runId: string }) => answer(runId),
      listRuns: async () => ({ runs: [...this.runs.values()].map((run) => this.#message(run)) }),
      listEvents: async ({ runId, afterVersion }: { runId: string; afterVersion: bigint }) => {
        const { version } = this.#run(runId);
        const all = Array.from({ length: version }, (_, index) => ({ runId, version: BigInt(index + 1), type: 'Changed', dataJson: '{}' }));
        return { events: all.filter((event) => event.version > afterVersion) };
      },
      watchRun: (request: { runId: string; afterVersion: bigint }, { signal }: { signal: AbortSignal }) => {
        told('watch');
        return this.#watch(request.runId, Number(request.afterVersion), signal);
      },
      cancelRun: async ({ runId }: { runId: string }) => {
        told('cancel');
        this.onCancel(runId);
        return answer(runId);
      },
      approveRun: async ({ runId, merge }: { runId: string; merge: boolean }) => {
        told(`approve merge=${merge}`);
        this.onApprove(runId);
        return answer(runId);
      },
      rejectRun: async ({ runId, reason }: { runId: string; reason: string }) => {
        told(`reject ${reason}`);
        this.change(runId, () => ({ state: 'rejected', terminal: true, reason }));
        return answer(runId);
      },
    };
  }
}
