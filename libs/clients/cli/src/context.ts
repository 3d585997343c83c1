import type { MemoryClient } from '@codeoptima/memory';
import type { ArtifactReader, FleetPort, RunApi } from './client/run-api.ts';
import type { CliEnv } from './env.ts';

export type InterruptSignal = 'SIGINT' | 'SIGTERM';

/** Everything a command touches outside itself, so that tests can stand in for the terminal, the clock and the fleet. */
export interface CliContext {
  cwd: string;
  env: CliEnv;
  /** Milliseconds since the epoch. */
  now(): number;
  out(text: string): void;
  err(text: string): void;
  /** Whether stderr can be redrawn; live progress goes there. */
  is_tty: boolean;
  columns(): number;
  /** Asks on the terminal; false when nobody can answer. */
  confirm(question: string): Promise<boolean>;
  sleep(ms: number): Promise<void>;
  /** Calls back on a signal until the returned function is called; as SIGTERM when nobody reads what is written any more. */
  onSignal(handler: (signal: InterruptSignal) => void): () => void;
  /** Whether foreign code can be shut in on this machine. */
  sandbox(): Promise<{ available: boolean; reason: string }>;
  fleet: FleetPort;
  connect(data_dir: string): Promise<RunApi>;
  artifacts(data_dir: string): ArtifactReader;
  /** The memory as one project sees it, and one role of it (default: cli); connects at the first call. */
  memory(data_dir: string, project: string, role?: string): MemoryClient;
  /** The exit code of the process, decided by the command. */
  exit(code: number): void;
}
