/** Makes a host path visible inside the sandbox. Later mounts lie over earlier ones. */
export interface Mount {
  /** Absolute path on the host. It must exist. */
  source: string;
  /** Absolute path inside. A mount point missing in an enclosing `rw` mount is created on the host. */
  target: string;
  mode: 'ro' | 'rw';
}

export interface Limits {
  /** From the start; then SIGTERM, and SIGKILL after `TERMINATION_GRACE_MS`. */
  wall_ms: number;
  /** CPU seconds of a single process (RLIMIT_CPU). */
  cpu_s: number;
  /** Memory of everything in the sandbox together, temporary files included. */
  memory_bytes: number;
  /** Processes and threads together. */
  processes: number;
  /** Largest file a process may write (RLIMIT_FSIZE). */
  file_bytes: number;
  /** Both streams together; more ends the run. */
  output_bytes: number;
}

export interface SandboxSpec {
  /** Program and arguments; no shell is involved. A relative program is looked up in PATH. */
  argv: readonly string[];
  /** Working folder inside. */
  cwd: string;
  mounts: readonly Mount[];
  /** Added to a minimal environment; nothing is inherited from the caller. */
  env?: Readonly<Record<string, string>>;
  /** Shares the host's network, loopback included. Only for a package manager with install scripts off. */
  network?: boolean;
  stdin?: string | Uint8Array;
  limits?: Partial<Limits>;
  signal?: AbortSignal;
  /** Runs the same command without any isolation; only for code that is trusted. */
  unsafe_no_sandbox?: boolean;
  /** Pins the command to this CPU. */
  cpu_affinity?: number;
  onOutput?(chunk: Uint8Array, stream: 'stdout' | 'stderr'): void;
  /** Told once the command runs. Not told without isolation, where a command that stands still would outlive us. */
  onStart?(command: RunningCommand): void;
}

/** What can be done to a command while it runs. Does nothing once it has ended. */
export interface RunningCommand {
  /** Stands every process of it still (SIGSTOP). Its wall-clock limit goes on. */
  suspend(): void;
  resume(): void;
}

/**
 * `timed_out`: the wall or CPU limit; `memory_limit`: the kernel (or the poller) killed for memory; `signalled`: the command died by a
 * signal that we did not send. A command that itself exits with 128 + n looks like one that died by signal n, as in a shell.
 */
export type Outcome = 'exited' | 'timed_out' | 'cancelled' | 'memory_limit' | 'output_limit' | 'signalled';

export interface SandboxResult {
  outcome: Outcome;
  exit_code: number | null;
  signal: string | null;
  /** At most `output_bytes` together, decoded as UTF-8. */
  stdout: string;
  stderr: string;
  truncated: boolean;
  wall_ms: number;
  /** User and system time of the whole group; exact with a cpuacct cgroup, else the last sample (a lower bound). */
  cpu_ms: number;
  /** Highest sampled anonymous memory of the group; null when it ended before the first sample. */
  peak_rss_bytes: number | null;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: Limits = {
  wall_ms: 10 * 60_000,
  cpu_s: 60 * 60,
  memory_bytes: 4096 * MIB,
  processes: 1024,
  file_bytes: 4096 * MIB,
  output_bytes: 16 * MIB,
};

/** Between SIGTERM and SIGKILL. */
export const TERMINATION_GRACE_MS = 2000;

/** Where the Node that runs this process is found inside; its folder is first on PATH. */
export const NODE_TARGET = '/opt/codeoptima/bin/node';

/** Where a repository's tree is mounted, the same for every tree, so that path lengths do not differ between them. */
export const REPO_TARGET = '/repo';

export const HOME_TARGET = '/home/sandbox';
