import { evaluate, type Expression, type Scope } from './expression.ts';
import { allows } from './guard.ts';
import type { EventOf, RunEvent } from './event.ts';
import { hashJson, type Json } from './json.ts';
import { isTerminal, type Table } from './compile.ts';
import { scopeOf, type OpenItem, type RunState } from './state.ts';

/** The next state of a run. Pure: the table is the one the run is pinned to. The first event must be RunSubmitted. */
export function evolve(table: Table, state: RunState | null, event: RunEvent): RunState {
  if (event.type === 'RunSubmitted') {
    if (state !== null) throw new Error(`run ${event.run_id} was submitted twice`);
    return submitted(table, event);
  }
  if (state === null) throw new Error(`a run cannot begin with ${event.type}`);
  if (state.terminal) throw new Error(`run ${state.run_id} has ended, ${event.type} cannot follow`);
  return { ...state, ...changes(table, state, event), version: state.version + 1, at_ms: event.at_ms };
}

export function fold(table: Table, events: Iterable<RunEvent>): RunState {
  let state: RunState | null = null;
  for (const event of events) state = evolve(table, state, event);
  if (state === null) throw new Error('a run has at least one event');
  return state;
}

function submitted(table: Table, event: EventOf<'RunSubmitted'>): RunState {
  const { run_id, workflow, machine_version, request, traceparent, at_ms } = event;
  const scope: Scope = { run_id, request, config: request.config };
  const limits = Object.fromEntries(Object.entries(table.definition.limits).map(([name, limit]) => [name, evaluate(limit, scope) as Json]));
  return {
    run_id,
    workflow,
    machine_version,
    version: 1,
    request,
    traceparent,
    state: table.definition.entry,
    reason: 'waiting for a free slot',
    terminal: false,
    submitted_at_ms: at_ms,
    started_at_ms: null,
    entered_at_ms: at_ms,
    ended_at_ms: null,
    at_ms,
    deadline_ms: null,
    cost: { usd: 0, ci_minutes: 0 },
    facts: { rolling_mean_pct: null },
    limits,
    variables: table.definition.variables as Record<string, Json>,
    item: null,
    timers: {},
    generations: {},
    outcomes: {},
    repeats: 0,
  };
}

function changes(table: Table, state: RunState, event: Exclude<RunEvent, { type: 'RunSubmitted' }>): Partial<RunState> {
  switch (event.type) {
    case 'RunStarted':
      return { started_at_ms: event.at_ms, facts: event.facts };
    case 'StateEntered':
      return entered(table, state, event);
    case 'TaskScheduled': {
      const { item_id, task, service, input_hash, limit_ms, reserved_usd } = event;
      const money = reserved_usd === undefined ? {} : { reserved_usd };
      return { item: { item_id, task, service, input_hash, limit_ms, epoch: 0, failures: 0, expiries: 0, ...money } };
    }
    case 'TaskCompleted':
      return completed(table, state, event);
    case 'TaskFailed':
      return { item: withItem(state, (item) => ({ ...item, epoch: event.epoch, failures: item.failures + 1 })) };
    case 'TaskExpired':
      return { item: withItem(state, (item) => ({ ...item, epoch: event.epoch, expiries: item.expiries + 1 })) };
    case 'TaskRequeued':
    case 'delta_perf':
    case 'SignalReceived':
      return {};
    case 'TaskDropped':
      return { item: null };
    case 'cost':
      return { cost: { usd: event.total_usd, ci_minutes: event.total_ci_minutes } };
    case 'TimerSet': {
      const due_at_ms = event.at_ms + event.delay_ms;
      const deadline = table.definition.timers[event.name]?.deadline === true ? { deadline_ms: due_at_ms } : {};
      return {
        timers: { ...state.timers, [event.name]: { generation: event.generation, due_at_ms } },
        generations: { ...state.generations, [event.name]: event.generation },
        ...deadline,
      };
    }
    case 'TimerCleared':
    case 'TimerFired': {
      const { [event.name]: _gone, ...timers } = state.timers;
      return { timers };
    }
    case 'RunEnded':
      return { terminal: true, ended_at_ms: event.at_ms, reason: event.reason };
  }
}

function withItem(state: RunState, change: (item: OpenItem) => OpenItem): OpenItem | null {
  return state.item === null ? null : change(state.item);
}

function entered(table: Table, state: RunState, event: EventOf<'StateEntered'>): Partial<RunState> {
  const variables = { ...state.variables, ...event.set };
  const next: RunState = { ...state, variables, state: event.to, reason: event.reason };
  const enter = isTerminal(table, event.to) ? {} : (table.definition.states[event.to]?.enter ?? {});
  return { state: event.to, reason: event.reason, entered_at_ms: event.at_ms, variables: assign(next, enter, {}) };
}

function completed(table: Table, state: RunState, event: EventOf<'TaskCompleted'>): Partial<RunState> {
  let next = state;
  for (const step of table.definition.tasks[event.task]?.completed ?? []) {
    const extra = { result: event.result, task: event.task };
    if (step.when === undefined || allows(step.when, scopeOf(next, extra))) next = { ...next, variables: assign(next, step.set, extra) };
  }
  const key = hashJson([event.task, state.item?.input_hash ?? '', event.output_hash]).slice(0, 16);
  const count = (state.outcomes[key] ?? 0) + 1;
  return {
    item: null,
    variables: next.variables,
    outcomes: { ...state.outcomes, [key]: count },
    repeats: Math.max(state.repeats, count),
  };
}

/** Assignments in order; each sees what the ones before it set. */
function assign(state: RunState, set: Record<string, Expression>, extra: Scope): RunState['variables'] {
  let variables = state.variables;
  for (const [name, expression] of Object.entries(set)) {
    variables = { ...variables, [name]: evaluate(expression, scopeOf({ ...state, variables }, extra)) as Json };
  }
  return variables;
}
