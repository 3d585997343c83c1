import type { CostEvent, DeltaPerfEvent, ErrorCode, RunRequest } from '@codeoptima/contracts';
import type { Json } from './json.ts';

/** Facts of a run, as they are stored; `at_ms` is the planner's clock at the decision, Unix milliseconds, never falling within a run. */
export type RunEvent = { at_ms: number } & (
  | { type: 'RunSubmitted'; run_id: string; workflow: string; machine_version: string; request: RunRequest; traceparent: string }
  /** A slot was free. `facts` were read from the store at that moment. */
  | { type: 'RunStarted'; facts: Facts }
  | { type: 'StateEntered'; from: string; to: string; reason: string; set: Record<string, Json> }
  | {
      type: 'TaskScheduled';
      item_id: string;
      task: string;
      service: string;
      input_hash: string;
      limit_ms: number;
      /** Set aside from the repository's month for this item, US dollars; absent when it costs no money. */
      reserved_usd?: number;
    }
  | { type: 'TaskCompleted'; item_id: string; task: string; epoch: number; result: Json; output_hash: string }
  | { type: 'TaskFailed'; item_id: string; task: string; epoch: number; code: string; message: string; retryable: boolean }
  /** The watchdog's verdict, or the planner's own when the attempt outlived its limit. */
  | { type: 'TaskExpired'; item_id: string; task: string; epoch: number; verdict: string; reason: string }
  | { type: 'TaskRequeued'; item_id: string; task: string; delay_ms: number }
  /** The run moved on without the task's result. */
  | { type: 'TaskDropped'; item_id: string; task: string; reason: string }
  | ({ type: 'cost' } & CostEvent)
  | ({ type: 'delta_perf' } & DeltaPerfEvent)
  | { type: 'TimerSet'; name: string; generation: number; delay_ms: number }
  | { type: 'TimerCleared'; name: string; generation: number }
  | { type: 'TimerFired'; name: string; generation: number }
  | { type: 'SignalReceived'; name: string; actor: string; reason: string; data: Record<string, Json> }
  | { type: 'RunEnded'; state: string; reason: string; cost: Cost; duration_ms: number; evidence: Json }
);

export type RunEventType = RunEvent['type'];
export type EventOf<T extends RunEventType> = Extract<RunEvent, { type: T }>;

export interface Cost {
  usd: number;
  ci_minutes: number;
}

/** What guards may know of the world outside the run. */
export interface Facts {
  /** Mean provable gain of the repository's runs that ended in the last 7 days, percent; null with fewer than 5 of them. */
  rolling_mean_pct: number | null;
}

export interface TaskError {
  code: ErrorCode | (string & {});
  message: string;
}
