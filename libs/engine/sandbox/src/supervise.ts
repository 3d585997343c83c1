import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Readable } from 'node:stream';
import { STATUS_FD } from './bubblewrap.ts';
import { ControlGroup } from './cgroup.ts';
import { OutputCapture } from './output-capture.ts';
import { descendantsOf, sampleTree, signalQuietly, waitForDeath } from './process-tree.ts';
import { type Limits, type Outcome, type SandboxResult, type SandboxSpec, TERMINATION_GRACE_MS } from './spec.ts';

const FIRST_SAMPLE_MS = 50;
/** Without control groups the poller is what enforces memory and processes, so it must be quick. */
const ENFORCING_SAMPLE_MS = 100;
const OBSERVING_SAMPLE_MS = 1000;
const SUSPENDING_ROUNDS_MAX = 5;

export interface Launch {
  argv: readonly string[];
  cwd: string | undefined;
  env: Record<string, string>;
  /** bubblewrap: killing it kills the pid namespace. Else the process group is killed. */
  isolated: boolean;
}

/** Enters the control groups before the command starts, then becomes the command. */
const ENTER_GROUPS = 'for f in $CODEOPTIMA_GROUPS; do echo $$ > "$f" || exit 126; done; unset CODEOPTIMA_GROUPS; exec "$@"';

function start(launch: Launch, group: ControlGroup, affinity: number | undefined): ChildProcess {
  const pinned = affinity === undefined ? launch.argv : ['taskset', '-c', String(affinity), ...launch.argv];
  const env = { ...launch.env, CODEOPTIMA_GROUPS: group.entrances.join(' ') };
  // A process group of its own: Ctrl-C at a terminal must reach us first, and we end the command in order.
  return spawn('/bin/sh', ['-c', ENTER_GROUPS, 'sh', ...pinned], {
    cwd: launch.cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
}

let launches = 0;

/** Watches one started command: limits, output, cancellation, and its end as a group. */
class Supervision {
  readonly #launch: Launch;
  readonly #limits: Limits;
  readonly #group: ControlGroup;
  readonly #child: ChildProcess;
  readonly #output: OutputCapture;
  readonly #started = performance.now();
  readonly #timers = new Set<NodeJS.Timeout>();
  #status = '';
  #ended: Outcome | null = null;
  #peak: number | null = null;
  #cpu = 0;

  constructor(launch: Launch, spec: SandboxSpec, limits: Limits) {
    launches += 1;
    this.#launch = launch;
    this.#limits = limits;
    this.#group = ControlGroup.create(`${process.pid}-${launches}-${process.hrtime.bigint()}`, limits);
    this.#child = start(launch, this.#group, spec.cpu_affinity);
    this.#output = new OutputCapture(
      limits.output_bytes,
      () => this.#end('output_limit'),
      (chunk, stream) => spec.onOutput?.(chunk, stream),
    );
  }

  async result(spec: SandboxSpec): Promise<SandboxResult> {
    const child = this.#child;
    const onAbort = (): void => this.#end('cancelled');
    try {
      const closed = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code, signal) => resolve([code, signal]));
      });
      child.stdout?.on('data', (chunk: Uint8Array) => this.#output.add(chunk, 'stdout'));
      child.stderr?.on('data', (chunk: Uint8Array) => this.#output.add(chunk, 'stderr'));
      const status = child.stdio[STATUS_FD];
      if (status instanceof Readable) status.on('data', (chunk: Uint8Array) => (this.#status += Buffer.from(chunk).toString()));
      // The command may end without reading its input.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(spec.stdin);
      // Streams of a daemon that left the process group stay open: without isolation the leader's exit is the end.
      child.once('exit', () => this.#afterLeader());
      this.#after(this.#limits.wall_ms, () => this.#end('timed_out'));
      this.#after(FIRST_SAMPLE_MS, () => this.#sample());
      if (this.#launch.isolated) spec.onStart?.({ suspend: () => this.#suspend(), resume: () => this.#signalInside('SIGCONT') });
      if (spec.signal?.aborted === true) onAbort();
      spec.signal?.addEventListener('abort', onAbort, { once: true });
      const [code, signal] = await closed;
      const first = /"child-pid": (\d+)/.exec(this.#status)?.[1];
      if (first !== undefined) await waitForDeath(Number(first));
      return this.#describe(code, signal);
    } finally {
      spec.signal?.removeEventListener('abort', onAbort);
      for (const timer of this.#timers) clearTimeout(timer);
      this.#group.remove();
    }
  }

  #after(delay_ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delay_ms);
    this.#timers.add(timer);
  }

  #afterLeader(): void {
    if (this.#launch.isolated) return;
    this.#kill();
    this.#after(200, () => {
      this.#child.stdout?.destroy();
      this.#child.stderr?.destroy();
    });
  }

  #sample(): void {
    const pid = this.#child.pid;
    if (pid === undefined || this.#child.exitCode !== null) return;
    const kernelBound = this.#group.has('memory') && this.#group.has('pids');
    const tree = kernelBound ? null : sampleTree(pid);
    const memory = this.#group.anonymousBytes ?? tree?.anonymous_bytes ?? 0;
    this.#peak = Math.max(this.#peak ?? 0, memory);
    this.#cpu = Math.max(this.#cpu, this.#group.cpuMilliseconds ?? tree?.cpu_ms ?? 0);
    if (tree !== null && memory > this.#limits.memory_bytes) this.#end('memory_limit', true);
    else if (tree !== null && tree.threads > this.#limits.processes + 8) this.#end('signalled', true);
    else this.#after(kernelBound ? OBSERVING_SAMPLE_MS : ENFORCING_SAMPLE_MS, () => this.#sample());
  }

  /** Only the first reason counts. */
  #end(outcome: Outcome, at_once = false): void {
    if (this.#ended !== null) return;
    this.#ended = outcome;
    if (at_once || outcome === 'output_limit') {
      this.#kill();
      return;
    }
    this.#terminate();
    this.#after(TERMINATION_GRACE_MS, () => this.#kill());
  }

  #terminate(): void {
    const pid = this.#child.pid;
    if (pid === undefined) return;
    if (!this.#launch.isolated) {
      signalQuietly(-pid, 'SIGTERM');
      return;
    }
    if (this.#signalInside('SIGTERM') === 0) this.#kill();
    this.#signalInside('SIGCONT');
  }

  /** Asked again until nobody is new: a process may have been forked meanwhile. */
  #suspend(): void {
    for (let stopped = -1, asked = 0; asked < SUSPENDING_ROUNDS_MAX; asked++) {
      const now = this.#signalInside('SIGSTOP');
      if (now === stopped) return;
      stopped = now;
    }
  }

  /** bubblewrap and its child, the namespace's first process, are spared: their end is a SIGKILL to all others. */
  #signalInside(signal: NodeJS.Signals): number {
    const pid = this.#child.pid;
    if (pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return 0;
    const [, ...inside] = descendantsOf(pid);
    for (const each of inside) signalQuietly(each, signal);
    return inside.length;
  }

  #kill(): void {
    const pid = this.#child.pid;
    if (pid === undefined) return;
    if (this.#launch.isolated) for (const first of descendantsOf(pid).slice(0, 1)) signalQuietly(first, 'SIGKILL');
    signalQuietly(-pid, 'SIGKILL');
  }

  #describe(code: number | null, signal: NodeJS.Signals | null): SandboxResult {
    const outOfMemory = this.#group.memoryKills > 0 && code !== 0;
    const inner = code !== null && code > 128 ? signalName(code - 128) : null;
    const cpu_ms = this.#group.cpuMilliseconds ?? this.#cpu;
    let outcome: Outcome = this.#ended ?? 'exited';
    if (this.#ended === null && outOfMemory) outcome = 'memory_limit';
    else if (this.#ended === null && (inner === 'SIGXCPU' || (inner === 'SIGKILL' && cpu_ms >= this.#limits.cpu_s * 1000)))
      outcome = 'timed_out';
    else if (this.#ended === null && (signal ?? inner) !== null) outcome = 'signalled';
    const killed = outcome !== 'exited';
    return {
      outcome,
      exit_code: killed ? null : code,
      signal: killed ? (signal ?? inner) : null,
      ...this.#output.text(),
      wall_ms: performance.now() - this.#started,
      cpu_ms,
      peak_rss_bytes: this.#peak,
    };
  }
}

function signalName(number: number): string | null {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}

/** Runs a prepared command to its end, whatever the end is. */
export async function supervise(launch: Launch, spec: SandboxSpec, limits: Limits): Promise<SandboxResult> {
  return await new Supervision(launch, spec, limits).result(spec);
}
