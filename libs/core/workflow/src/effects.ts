import type { Table } from './compile.ts';
import { buildPayload } from './draft.ts';
import type { RunEvent } from './event.ts';
import { evolve } from './evolve.ts';
import { storableJson, type Json } from './json.ts';
import type { RunState } from './state.ts';

/** What the store changes, in the transaction that appends the events. */
export interface Effects {
  items_created: { item_id: string; task: string; service: string; limit_ms: number; payload: Json }[];
  items_completed: string[];
  /** Due again after the delay; an expired lease also moves the item to `epoch`. */
  items_requeued: { item_id: string; delay_ms: number; epoch: number }[];
  items_dropped: { item_id: string; reason: string }[];
  timers_set: { name: string; generation: number; delay_ms: number }[];
  timers_cleared: string[];
}

/** Derived from the events alone, so that a decision and its side effects cannot tell different stories. */
export function effectsOf(table: Table, before: RunState | null, events: readonly RunEvent[]): { state: RunState; effects: Effects } {
  const effects: Effects = {
    items_created: [],
    items_completed: [],
    items_requeued: [],
    items_dropped: [],
    timers_set: [],
    timers_cleared: [],
  };
  let state = before;
  for (const event of events) {
    state = evolve(table, state, event);
    collect(table, state, event, effects);
  }
  if (state === null) throw new Error('a decision on a new run begins with RunSubmitted');
  return { state, effects };
}

function collect(table: Table, state: RunState, event: RunEvent, effects: Effects): void {
  if (event.type === 'TaskScheduled') {
    const { item_id, task, service, limit_ms } = event;
    effects.items_created.push({ item_id, task, service, limit_ms, payload: storableJson(buildPayload(table, state, task)) });
  } else if (event.type === 'TaskCompleted') effects.items_completed.push(event.item_id);
  else if (event.type === 'TaskRequeued') {
    effects.items_requeued.push({ item_id: event.item_id, delay_ms: event.delay_ms, epoch: state.item?.epoch ?? 0 });
  } else if (event.type === 'TaskDropped') effects.items_dropped.push({ item_id: event.item_id, reason: event.reason });
  else if (event.type === 'TimerSet') effects.timers_set.push({ name: event.name, generation: event.generation, delay_ms: event.delay_ms });
  else if (event.type === 'TimerCleared' || event.type === 'TimerFired') effects.timers_cleared.push(event.name);
}
