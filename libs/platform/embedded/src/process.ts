import { type StdioOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that cannot be confused with a later one that got the same id. */
export interface ProcessIdentity {
  pid: number;
  /** Start time in clock ticks since boot (proc(5), field 22 of stat); null where /proc is missing. */
  start_ticks: string | null;
}

/** Start time of a live process, null when there is none (or it is a zombie waiting to be reaped). */
export const startTicks = (pid: number): string | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command name may hold spaces and brackets; the fields after its closing bracket do not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
};

export const identify = (pid: number): ProcessIdentity => ({ pid, start_ticks: startTicks(pid) });

export const isSameProcess = (identity: ProcessIdentity): boolean =>
  identity.start_ticks !== null && startTicks(identity.pid) === identity.start_ticks;

export const isAlive = (pid: number): boolean => startTicks(pid) !== null;

/** Sends a signal; false when the process is gone. */
export const sendSignal = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
};

/** Asks `check` every `interval_ms` until it gives something other than null; null after `timeout_ms`. */
export const poll = async <T>(
  check: () => Promise<T | null> | T | null,
  options: { timeout_ms: number; interval_ms?: number },
): Promise<T | null> => {
  const expired = AbortSignal.timeout(options.timeout_ms);
  for (;;) {
    const value = await check();
    if (value !== null) return value;
    if (expired.aborted) return null;
    await sleep(options.interval_ms ?? 20);
  }
};

/** Waits for the end of a process; false when it still runs after `timeout_ms`. */
export const waitForExit = async (identity: ProcessIdentity, timeout_ms: number): Promise<boolean> =>
  (await poll(() => (isSameProcess(identity) ? null : true), { timeout_ms })) === true;

/** Ends a process by the signals in turn, waiting `step_ms` after each; the last one should be SIGKILL. */
export const endProcess = async (identity: ProcessIdentity, signals: NodeJS.Signals[], step_ms: number): Promise<void> => {
  for (const signal of signals) {
    if (!isSameProcess(identity)) return;
    sendSignal(identity.pid, signal);
    if (await waitForExit(identity, signal === 'SIGKILL' ? 30_000 : step_ms)) return;
  }
};

export interface SpawnDetachedOptions {
  command: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** File descriptor that takes both outputs. */
  output_fd: number;
  /** End with this process, also when it is killed: for tests. */
  die_with_parent?: boolean;
}

/** Starts a process in a session of its own, so that a Ctrl-C in the terminal does not reach it. */
export const spawnDetached = async (options: SpawnDetachedOptions): Promise<ProcessIdentity> => {
  const command = options.die_with_parent ? ['setpriv', '--pdeathsig', 'KILL', '--', ...options.command] : options.command;
  const stdio: StdioOptions = ['ignore', options.output_fd, options.output_fd];
  const child = spawn(command[0] ?? '', command.slice(1), {
    detached: true,
    stdio,
    ...(options.env ? { env: options.env } : {}),
    ...(options.cwd ? { cwd: options.cwd } : {}),
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref();
  return identify(child.pid ?? -1);
};
