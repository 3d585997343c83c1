import { RunSnapshot } from '@codeoptima/contracts';
import type { Table } from './compile.ts';
import { evaluate } from './expression.ts';
import { scopeOf, type RunState } from './state.ts';

/** What clients may read of a run: the workflow file says where each field is found. */
export function snapshotOf(table: Table, state: RunState): RunSnapshot {
  const scope = scopeOf(state);
  const { run_id, terminal, reason, request, submitted_at_ms, deadline_ms, cost } = state;
  const fields = Object.entries(table.definition.snapshot).map(([name, expression]) => [name, evaluate(expression, scope)]);
  const common = { run_id, state: state.state, terminal, reason, request, submitted_at_ms, deadline_ms, cost };
  return RunSnapshot.parse({ ...Object.fromEntries(fields), ...common });
}

/** The row that stands for a run in lists; always equal to the fold of its events. */
export interface RunProjection {
  run_id: string;
  version: number;
  state: string;
  terminal: boolean;
  /** Whether the run counts against the number of runs at a time. */
  holds_slot: boolean;
  reason: string;
  workflow: string;
  machine_version: string;
  repository: string;
  cost_usd: number;
  ci_minutes: number;
  gain_pct: number;
  max_concurrency: number;
  submitted_at_ms: number;
  ended_at_ms: number | null;
}

export function projectionOf(table: Table, state: RunState): RunProjection {
  const { run_id, version, terminal, reason, workflow, machine_version, cost, submitted_at_ms, ended_at_ms, request } = state;
  const gain = evaluate(table.definition.gain_pct, scopeOf(state));
  return {
    run_id,
    version,
    state: state.state,
    terminal,
    holds_slot: table.definition.states[state.state]?.slot ?? false,
    reason,
    workflow,
    machine_version,
    repository: request.repository,
    cost_usd: cost.usd,
    ci_minutes: cost.ci_minutes,
    gain_pct: typeof gain === 'number' ? gain : 0,
    max_concurrency: request.config.budget.max_concurrency,
    submitted_at_ms,
    ended_at_ms,
  };
}
