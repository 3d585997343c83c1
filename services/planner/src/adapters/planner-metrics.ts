import type { Metrics } from '@codeoptima/service-kit';
import type { RunEvent, RunState } from '@codeoptima/workflow';

export interface PlannerMetrics {
  /** Reads what a decision means for the figures; `before` is null for a new run. */
  decided: (command: string, before: RunState | null, events: readonly RunEvent[]) => void;
  lostRace: () => void;
  fenced: (operation: string, count?: number) => void;
  lag: (rows: number, oldest_ms: number) => void;
  activeRuns: (by_state: ReadonlyMap<string, number>) => void;
}

const STAGE_BUCKETS_S = [1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];
const RUN_BUCKETS_S = [30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 86_400];
const GAIN_BUCKETS_PCT = [-20, -5, 0, 1, 2, 5, 10, 20, 30, 50, 70, 90];

export function plannerMetrics(metrics: Metrics): PlannerMetrics {
  const decisions = metrics.counter('codeoptima_decisions_total', 'Decisions appended to a run.', ['command']);
  const races = metrics.counter('codeoptima_lost_races_total', 'Decisions taken anew because another one was faster.');
  const fenced = metrics.counter('codeoptima_fenced_writes_total', 'Writes refused for a stale epoch.', ['operation']);
  const runs = metrics.counter('codeoptima_runs_total', 'Runs that ended.', ['state']);
  const active = metrics.gauge('codeoptima_runs_active', 'Runs that have not ended.', ['state']);
  const run_s = metrics.histogram('codeoptima_run_duration_seconds', 'From submission to the end.', RUN_BUCKETS_S, ['state']);
  const stage_s = metrics.histogram('codeoptima_stage_duration_seconds', 'Time a run spent in a state.', STAGE_BUCKETS_S, ['stage']);
  const usd = metrics.counter('codeoptima_cost_usd', 'Money spent by tasks.', ['task']);
  const minutes = metrics.counter('codeoptima_ci_minutes', 'Wall time of tasks in a sandbox.', ['task']);
  const gain = metrics.histogram('delta_perf_pct', 'Estimated gain of judged candidates.', GAIN_BUCKETS_PCT, ['verdict']);
  const rows = metrics.gauge('codeoptima_outbox_rows', 'Decisions whose messages have not reached the bus.');
  const oldest = metrics.gauge('codeoptima_outbox_oldest_seconds', 'Age of the oldest of them.');

  const count = (event: RunEvent, entered_at_ms: number): void => {
    if (event.type === 'StateEntered') stage_s.observe({ stage: event.from }, (event.at_ms - entered_at_ms) / 1000);
    else if (event.type === 'cost') {
      usd.inc({ task: event.task }, event.usd);
      minutes.inc({ task: event.task }, event.ci_minutes);
    } else if (event.type === 'delta_perf' && event.estimate_pct !== null) gain.observe({ verdict: event.verdict }, event.estimate_pct);
    else if (event.type === 'RunEnded') {
      runs.inc({ state: event.state });
      run_s.observe({ state: event.state }, event.duration_ms / 1000);
    }
  };
  return {
    decided: (command, before, events) => {
      decisions.inc({ command });
      let entered_at_ms = before?.entered_at_ms ?? events[0]?.at_ms ?? 0;
      for (const event of events) {
        count(event, entered_at_ms);
        if (event.type === 'StateEntered') entered_at_ms = event.at_ms;
      }
    },
    lostRace: () => races.inc(),
    fenced: (operation, times = 1) => fenced.inc({ operation }, times),
    lag: (waiting, oldest_ms) => {
      rows.set(waiting);
      oldest.set(oldest_ms / 1000);
    },
    activeRuns: (by_state) => {
      active.reset();
      for (const [state, number] of by_state) active.set({ state }, number);
    },
  };
}
