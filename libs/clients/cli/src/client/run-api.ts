import type { Run, RunEvent } from '@codeoptima/contracts';

/** What the command asks of the planner (codeoptima.run.v1). Calls throw CodeOptimaError; `unavailable` may be tried again. */
export interface RunApi {
  submit(request: { idempotency_key: string; workflow: string; request_json: string }): Promise<{ run: Run; created: boolean }>;
  /** A run id or a unique beginning of one; '' is the newest. */
  get(run_id: string): Promise<Run>;
  list(options: { limit: number; active_only: boolean }): Promise<Run[]>;
  events(options: { run_id: string; after_version: number; limit: number }): Promise<RunEvent[]>;
  /** Stored events after a version, then live ones, until the run ends or the signal aborts. */
  watch(options: { run_id: string; after_version: number; signal: AbortSignal }): AsyncIterable<RunEvent>;
  cancel(options: { run_id: string; reason: string; actor: string }): Promise<Run>;
  approve(options: { run_id: string; actor: string; merge: boolean }): Promise<Run>;
  reject(options: { run_id: string; actor: string; reason: string }): Promise<Run>;
  close(): void;
}

/** Reads from the object store of one data directory. */
export interface ArtifactReader {
  read(ref: string): Promise<Uint8Array>;
}

/** One command's use of the fleet. */
export interface FleetUse {
  /** Whether this command had to start something. */
  started: boolean;
  /** The fleet outlives this command, until `down`. */
  keep(): Promise<void>;
  /** Ends the use; the last user stops a fleet that nobody asked to keep. */
  release(): Promise<void>;
}

interface FleetTarget {
  data_dir: string;
}

/** The processes of one data directory. */
export interface FleetPort {
  /**
   * Starts what does not run. With `asks_only` a planner that answers is enough, though other parts be away.
   * @throws CodeOptimaError `cancelled` when `signal` aborts before the fleet is ready; what was started is stopped again
   */
  use(options: FleetTarget & { note: (line: string) => void; signal?: AbortSignal; asks_only?: boolean }): Promise<FleetUse>;
  /** Starts what does not run and keeps it until `down`. */
  up(options: FleetTarget & { note: (line: string) => void }): Promise<{ started: boolean }>;
  down(options: FleetTarget): Promise<{ stopped: boolean }>;
  status(options: FleetTarget): Promise<FleetProcess[]>;
}

export interface FleetProcess {
  name: string;
  pid: number | null;
  running: boolean;
  detail: string;
}
