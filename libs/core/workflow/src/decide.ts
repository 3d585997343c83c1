import { CodeOptimaError } from '@codeoptima/contracts';
import type { Command, CommandOf } from './command.ts';
import type { Table } from './compile.ts';
import type { Task } from './definition.ts';
import { Draft } from './draft.ts';
import type { RunEvent } from './event.ts';
import { evolve } from './evolve.ts';
import { evaluate } from './expression.ts';
import { hashJson, storableJson, type Json } from './json.ts';
import { scopeOf, type OpenItem, type RunState } from './state.ts';
import { TASK_CONTRACTS } from './task-contracts.ts';

/**
 * What a command does to a run: the events to append, none when it changes nothing (a timer of an older generation).
 * Pure: no clock, no random source, no input or output; the same table, state and command give the same events.
 * @throws CodeOptimaError `stale_epoch` for an item that is not the open one, `conflict` for a signal the state does not hear
 */
export function decide(table: Table, state: RunState | null, command: Command): RunEvent[] {
  if (command.type === 'submit') {
    if (state !== null) throw new CodeOptimaError('conflict', `run ${command.run_id} exists already`, { ids: { run_id: command.run_id } });
    const { run_id, request, traceparent, now_ms } = command;
    return [
      {
        type: 'RunSubmitted',
        at_ms: now_ms,
        run_id,
        workflow: table.definition.workflow,
        machine_version: table.version,
        request,
        traceparent,
      },
    ];
  }
  if (state === null) throw new CodeOptimaError('not_found', 'there is no such run');
  if (command.type === 'signal') return decideSignal(table, state, command);
  const draft = new Draft(table, state, command);
  switch (command.type) {
    case 'start':
      decideStart(draft, command);
      break;
    case 'fire_timer':
      decideTimer(draft, command);
      break;
    case 'complete':
      decideComplete(table, draft, command);
      break;
    case 'fail':
      decideFail(table, draft, command);
      break;
    case 'expire':
      decideExpire(draft, command);
      break;
  }
  return draft.events;
}

/** Folds a decision's events onto the state it was taken on. */
export function apply(table: Table, state: RunState | null, events: readonly RunEvent[]): RunState {
  const next = events.reduce<RunState | null>((folded, event) => evolve(table, folded, event), state);
  if (next === null) throw new Error('a run has at least one event');
  return next;
}

function decideStart(draft: Draft, { facts }: CommandOf<'start'>): void {
  const arrow = draft.find('start');
  if (arrow === null) return;
  draft.add({ type: 'RunStarted', facts });
  draft.follow({ ...arrow, reason: 'started' });
}

function decideTimer(draft: Draft, { name, generation }: CommandOf<'fire_timer'>): void {
  if (draft.state.terminal || draft.state.timers[name]?.generation !== generation) return;
  draft.add({ type: 'TimerFired', name, generation });
  const arrow = draft.find(`timer:${name}`);
  if (arrow !== null) draft.follow(arrow);
}

function decideSignal(table: Table, state: RunState, command: CommandOf<'signal'>): RunEvent[] {
  const { name, actor, reason, data } = command;
  const ids = { run_id: state.run_id };
  if (state.terminal)
    throw new CodeOptimaError('conflict', `run ${state.run_id} has ended as ${state.state}; '${name}' comes too late`, { ids });
  const draft = new Draft(table, state, command);
  const signal = { ...data, actor, reason };
  const arrow = draft.find(`signal:${name}`, { signal });
  if (arrow === null) {
    throw new CodeOptimaError('conflict', `run ${state.run_id} is in state ${state.state}, in which it cannot be told '${name}'`, { ids });
  }
  draft.add({ type: 'SignalReceived', name, actor, reason, data });
  draft.follow(arrow, { signal });
  return draft.events;
}

/** The item a command speaks of, when the run still waits for it. */
function openItem(state: RunState, command: { item_id: string; epoch: number }): OpenItem {
  const { item } = state;
  if (item === null || item.item_id !== command.item_id || command.epoch < Math.max(1, item.epoch)) {
    throw new CodeOptimaError(
      'stale_epoch',
      `item ${command.item_id} at epoch ${command.epoch} is no longer awaited by run ${state.run_id}`,
      {
        ids: { run_id: state.run_id, item_id: command.item_id },
      },
    );
  }
  return item;
}

function taskOf(table: Table, item: OpenItem): Task {
  const task = table.definition.tasks[item.task];
  if (task === undefined) throw new Error(`workflow ${table.definition.workflow} has no task ${item.task}`);
  return task;
}

function decideComplete(table: Table, draft: Draft, command: CommandOf<'complete'>): void {
  const item = openItem(draft.state, command);
  const task = taskOf(table, item);
  const parsed = TASK_CONTRACTS[task.contract]?.result.safeParse(storableJson(command.result));
  if (parsed?.success !== true) {
    const issue = parsed?.error.issues[0];
    const message = `the result of task ${item.task} does not fit its contract: ${issue?.path.join('.')} ${issue?.message}`;
    decideFail(table, draft, { ...command, type: 'fail', code: 'bad_input', message, retryable: true });
    return;
  }
  const result = parsed.data as Json;
  const extra = { result, task: item.task };
  const identity = task.identity === undefined ? result : evaluate(task.identity, scopeOf(draft.state, extra));
  draft.add({
    type: 'TaskCompleted',
    item_id: item.item_id,
    task: item.task,
    epoch: command.epoch,
    result,
    output_hash: hashJson(identity),
  });
  draft.charge(item.task, command.usage);
  for (const emit of task.emits) {
    const scope = scopeOf(draft.state, extra);
    const data = Object.fromEntries(Object.entries(emit.data).map(([name, expression]) => [name, evaluate(expression, scope)]));
    draft.add({
      type: emit.type,
      ...(data as { candidate_id: string; verdict: string; estimate_pct: number | null; provable_pct: number | null }),
    });
  }
  const arrow = draft.find('completed', extra);
  if (arrow !== null) draft.follow(arrow, extra);
}

function decideFail(table: Table, draft: Draft, command: CommandOf<'fail'>): void {
  const item = openItem(draft.state, command);
  const task = taskOf(table, item);
  const [code, message] = [storableJson(command.code) as string, storableJson(command.message) as string];
  draft.add({
    type: 'TaskFailed',
    item_id: item.item_id,
    task: item.task,
    epoch: command.epoch,
    code,
    message,
    retryable: command.retryable,
  });
  draft.charge(item.task, command.usage);
  const failures = item.failures + 1;
  if (command.retryable && failures < task.attempts) {
    if (draft.brake()) return;
    const delay_ms = Math.round(task.retry_seconds * 1000 * 2 ** (failures - 1));
    draft.add({ type: 'TaskRequeued', item_id: item.item_id, task: item.task, delay_ms });
    return;
  }
  const extra = { error: { code, message }, task: item.task };
  const arrow = draft.find('failed', extra);
  if (arrow !== null) draft.follow(arrow, extra);
}

/** The epoch of the event is the one after the expired lease: nobody has held it. */
function decideExpire(draft: Draft, command: CommandOf<'expire'>): void {
  const item = openItem(draft.state, command);
  const { verdict, reason } = command;
  draft.add({ type: 'TaskExpired', item_id: item.item_id, task: item.task, epoch: command.epoch + 1, verdict, reason });
  draft.chargeHeld(item);
  const limit = draft.state.limits['expiries'];
  if (item.expiries + 1 < (typeof limit === 'number' ? limit : 3)) {
    if (draft.brake()) return;
    draft.add({ type: 'TaskRequeued', item_id: item.item_id, task: item.task, delay_ms: 0 });
    return;
  }
  const extra = { error: { code: verdict, message: reason }, task: item.task };
  const arrow = draft.find('expired', extra);
  if (arrow !== null) draft.follow(arrow, extra);
}
