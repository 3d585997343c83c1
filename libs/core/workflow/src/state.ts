import type { RunRequest } from '@codeoptima/contracts';
import type { Scope } from './expression.ts';
import type { Cost, Facts } from './event.ts';
import type { Json } from './json.ts';

/** The task a run waits for; at most one at a time. */
export interface OpenItem {
  readonly item_id: string;
  readonly task: string;
  readonly service: string;
  readonly input_hash: string;
  readonly limit_ms: number;
  /** Highest epoch the log has seen. The leases themselves live in the store. */
  readonly epoch: number;
  readonly failures: number;
  readonly expiries: number;
  readonly reserved_usd?: number;
}

export interface RunningTimer {
  readonly generation: number;
  readonly due_at_ms: number;
}

/** A run, folded from its events. */
export interface RunState {
  readonly run_id: string;
  readonly workflow: string;
  readonly machine_version: string;
  /** Number of events folded so far. */
  readonly version: number;
  readonly request: RunRequest;
  readonly traceparent: string;
  readonly state: string;
  readonly reason: string;
  /** True once RunEnded was folded; nothing follows it. */
  readonly terminal: boolean;
  readonly submitted_at_ms: number;
  readonly started_at_ms: number | null;
  readonly entered_at_ms: number;
  readonly ended_at_ms: number | null;
  /** Time of the newest event. */
  readonly at_ms: number;
  readonly deadline_ms: number | null;
  readonly cost: Cost;
  readonly facts: Facts;
  readonly limits: Readonly<Record<string, Json>>;
  readonly variables: Readonly<Record<string, Json>>;
  readonly item: OpenItem | null;
  readonly timers: Readonly<Record<string, RunningTimer>>;
  /** Last generation of each timer; a firing of an older one is ignored. */
  readonly generations: Readonly<Record<string, number>>;
  /** How often each (task, input hash, output hash) came back. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly repeats: number;
}

/** Names that expressions can read besides the variables of the workflow. */
export const SCOPE_NAMES = [
  'run_id',
  'request',
  'config',
  'limits',
  'cost',
  'facts',
  'submitted_at_ms',
  'state',
  'reason',
  'repeats',
  'task',
  'result',
  'error',
  'signal',
];

export function scopeOf(state: RunState, extra: Scope = {}): Scope {
  return {
    ...state.variables,
    run_id: state.run_id,
    request: state.request,
    config: state.request.config,
    limits: state.limits,
    cost: state.cost,
    facts: state.facts,
    submitted_at_ms: state.submitted_at_ms,
    state: state.state,
    reason: state.reason,
    repeats: state.repeats,
    ...extra,
  };
}
