import type { Table } from './compile.ts';
import { buildPayload } from './draft.ts';
import type { RunEvent } from './event.ts';
import { evolve } from './evolve.ts';
import { storableJson, type Json } from './json.ts';
import type { OpenItem, RunState } from './state.ts';

/** What the store changes, in the transaction that appends the events. */
export interface Effects {
  items_created: { item_id: string; task: string; service: string; limit_ms: number; payload: Json }[];
  items_completed: string[];
  /** Due again after the delay; an expired lease also moves the item to `epoch`. */
  items_requeued: { item_id: string; delay_ms: number; epoch: number }[];
  items_dropped: { item_id: string; reason: string }[];
  timers_set: { name: string; generation: number; delay_ms: number }[];
  timers_cleared: string[];
  money: Money;
}

/** What a decision does to the money of the repository's month. */
export interface Money {
  /** What the repository may cost in a month, as this run has it. */
  limit_usd: number;
  /** Set aside for the item that is created; without it the decision must not be stored. */
  reserved: { item_id: string; usd: number }[];
  /** Spent by items; first from what was set aside for them. */
  charged: { item_id: string; usd: number }[];
  /**
   * Items that are over. What is left of theirs is free again, unless an attempt has ended without telling what it spent: an expired
   * one (`unreported`), or the one that holds the item at the moment at which it is dropped. Then all of it counts as spent.
   */
  settled: { item_id: string; unreported: boolean; dropped: boolean }[];
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
    money: { limit_usd: 0, reserved: [], charged: [], settled: [] },
  };
  let state = before;
  let open: OpenItem | null = state?.item ?? null;
  for (const event of events) {
    state = evolve(table, state, event);
    collect(table, state, event, effects);
    collectMoney(event, open, events, effects.money);
    // A task's cost follows its end, so the item is remembered beyond it.
    open = state.item ?? open;
  }
  if (state === null) throw new Error('a decision on a new run begins with RunSubmitted');
  effects.money.limit_usd = state.request.config.budget.repo_month_usd;
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

function collectMoney(event: RunEvent, open: OpenItem | null, events: readonly RunEvent[], money: Money): void {
  if (event.type === 'TaskScheduled' && event.reserved_usd !== undefined) {
    money.reserved.push({ item_id: event.item_id, usd: event.reserved_usd });
  } else if (event.type === 'cost' && event.usd > 0 && open !== null) {
    money.charged.push({ item_id: open.item_id, usd: event.usd });
  } else if ((event.type === 'TaskCompleted' || event.type === 'TaskDropped') && open?.reserved_usd !== undefined) {
    const dropped = event.type === 'TaskDropped' && !events.some(({ type }) => type === 'TaskFailed');
    money.settled.push({ item_id: event.item_id, unreported: open.expiries > 0, dropped });
  }
}
