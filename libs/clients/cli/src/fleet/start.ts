import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CodeOptimaError, type ErrorCode } from '@codeoptima/contracts';
import { type ProcessIdentity, endProcess, isSameProcess, spawnDetached } from '@codeoptima/embedded';
import { nodeEnvironment } from './environment.ts';
import { type Layout, SERVICES_ROOT, openLayout } from './layout.ts';
import { ORDERLY_MS, stopFleet } from './stop.ts';
import { memoryTrouble } from './memory.ts';
import { type FleetState, type MemberState, readState } from './state.ts';
import { answersQuestions, isMemorySettled, whatIsMissing } from './status.ts';

export interface StartOptions {
  data_dir: string;
  /** Told what the start waits for, in lines for people. */
  note?: (line: string) => void;
  /** Default 90 s. */
  timeout_ms?: number;
  /** Ends the start; what it has started is stopped again. */
  signal?: AbortSignal;
  /** For one who only asks: in a fleet that runs, a planner that answers is enough, whatever else is away. */
  asks_only?: boolean;
  /** Another folder of services: for tests. */
  services_root?: string;
}

const spawnSupervisor = async (layout: Layout, services_root: string): Promise<ProcessIdentity> => {
  const output_fd = openSync(layout.log('supervisor'), 'a', 0o600);
  try {
    const script = fileURLToPath(new URL('./supervisor.ts', import.meta.url));
    const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1'];
    return await spawnDetached({
      command: [process.execPath, ...flags, script, layout.data_dir, services_root],
      env: nodeEnvironment(process.env),
      cwd: layout.data_dir,
      output_fd,
    });
  } finally {
    closeSync(output_fd);
  }
};

/** A supervisor that ends at once several times in a row will not start at all. */
const SUPERVISOR_TRIES = 5;

const lastLines = (path: string): string => readFileSync(path, 'utf8').trimEnd().split('\n').slice(-3).join(' ');

/** A store that cannot start for a reason that waiting does not cure. */
const hopeless = (state: FleetState | null): CodeOptimaError | null => {
  const store = state?.stores.find(({ code, restarts }) => (code === 'disk_full' || code === 'bad_input') && restarts >= 2);
  return store?.code ? new CodeOptimaError(store.code, `${store.name}: ${store.trouble}`) : null;
};

/** A service that ended so often while we wait will not get ready by waiting. */
const CRASHES = 5;

const crashing = (state: FleetState | null, before: Map<string, number>): MemberState | undefined =>
  state?.services.find(({ name, restarts }) => {
    if (!before.has(name)) before.set(name, restarts);
    return restarts - (before.get(name) ?? 0) >= CRASHES;
  });

/** The memory starts with the services and needs about as long; longer it is not waited for. */
const MEMORY_MS = 10_000;

const settleMemory = async (layout: Layout, options: StartOptions): Promise<void> => {
  const expired = AbortSignal.timeout(MEMORY_MS);
  for (;;) {
    const state = readState(layout.state);
    if (state === null || (await isMemorySettled(layout, state)) || expired.aborted || options.signal?.aborted) {
      const trouble = state === null ? null : memoryTrouble(state);
      if (trouble !== null) options.note?.(`no memory for now, runs go on without it: ${trouble}`);
      return;
    }
    await sleep(50);
  }
};

const waitUntilReady = async (
  options: StartOptions,
  layout: Layout,
  onSpawn: (supervisor: ProcessIdentity) => void,
): Promise<{ started: boolean }> => {
  const expired = AbortSignal.timeout(options.timeout_ms ?? 90_000);
  const fail = (code: ErrorCode, why: string): never => {
    throw new CodeOptimaError(code, `the fleet did not get ready: ${why}; see ${layout.logs}.`, { ids: { data_dir: layout.data_dir } });
  };
  const before = new Map<string, number>();
  let spawned: ProcessIdentity | null = null;
  let told = '';
  for (let tries = 0; ; ) {
    const state = readState(layout.state);
    const missing = await whatIsMissing(layout, state);
    if (missing.length === 0 && state !== null) {
      await settleMemory(layout, options);
      return { started: spawned !== null };
    }
    const supervised = state !== null && isSameProcess(state.supervisor);
    if (options.asks_only === true && supervised && (await answersQuestions(layout))) return { started: spawned !== null };
    if (!supervised && (spawned === null || !isSameProcess(spawned))) {
      // The one before lost the race against another start, or could not work.
      if (tries >= SUPERVISOR_TRIES) fail('unavailable', lastLines(layout.log('supervisor')));
      if (tries > 0) await sleep(250);
      spawned = await spawnSupervisor(layout, options.services_root ?? SERVICES_ROOT);
      tries += 1;
      onSpawn(spawned);
    }
    const crashed = crashing(state, before);
    if (crashed) fail('unavailable', `${crashed.name} ends again and again: ${lastLines(layout.log(crashed.name))}`);
    const end = hopeless(state);
    if (end) fail(end.code, end.message);
    if (expired.aborted) fail('unavailable', missing.join('; '));
    if (options.signal?.aborted) fail('cancelled', 'the start was interrupted');
    const line = `waiting for ${missing.map((part) => part.split(':')[0]).join(', ')}`;
    if (line !== told) options.note?.(line);
    told = line;
    await sleep(50);
  }
};

/** Ends what our supervisors have started. One that has only just begun stands in no file yet. */
const undo = async (layout: Layout, spawned: ProcessIdentity[]): Promise<void> => {
  for (const supervisor of spawned) await endProcess(supervisor, ['SIGTERM', 'SIGKILL'], ORDERLY_MS);
  const other = readState(layout.state);
  if (other !== null && !isSameProcess(other.supervisor)) await stopFleet({ data_dir: layout.data_dir });
};

/**
 * Starts the fleet of a data directory and returns when every part is ready; with one that runs already it only waits. Two starts at
 * once are safe: one supervisor wins, both wait for it. The fleet outlives this process.
 * @throws CodeOptimaError `disk_full`, `cancelled` by the signal, or `unavailable` with what is missing and where the logs are, when it does not get ready in time.
 */
export const startFleet = async (options: StartOptions): Promise<{ started: boolean }> => {
  const layout = openLayout(options.data_dir);
  const spawned: ProcessIdentity[] = [];
  try {
    return await waitUntilReady(options, layout, (supervisor) => void spawned.push(supervisor));
  } catch (error) {
    // Started by us and not ready: it is of no use to anybody, and would try for ever.
    if (spawned.length > 0) await undo(layout, spawned);
    throw error;
  }
};
