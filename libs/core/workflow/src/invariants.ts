import { isTerminal, type Table } from './compile.ts';
import type { RunEvent } from './event.ts';
import { evolve } from './evolve.ts';
import type { RunState } from './state.ts';

/** One row of a stored log. */
export interface StoredEvent {
  version: number;
  event: RunEvent;
}

/**
 * What must hold of every log, whatever happened to the processes that wrote it: versions without a gap, one end and nothing
 * after it, epochs and costs that never fall, each state entered from the one before, nothing open after the end.
 * @returns a sentence per violation, empty when all holds
 */
export function checkLog(table: Table, log: readonly StoredEvent[]): string[] {
  const faults: string[] = [];
  const epochs = new Map<string, number>();
  let state: RunState | null = null;
  for (const [index, { version, event }] of log.entries()) {
    if (version !== index + 1) faults.push(`version ${version} stands at place ${index + 1}`);
    if (state?.terminal === true) {
      faults.push(`${event.type} at version ${version} follows the end`);
      break;
    }
    faults.push(...checkStep(table, state, event, epochs).map((fault) => `version ${version}: ${fault}`));
    try {
      state = evolve(table, state, event);
    } catch (error) {
      faults.push(`version ${version}: ${error instanceof Error ? error.message : String(error)}`);
      break;
    }
  }
  if (state?.terminal === true) {
    if (!isTerminal(table, state.state)) faults.push(`ended in ${state.state}, which is no terminal state`);
    if (state.item !== null) faults.push(`item ${state.item.item_id} is open after the end`);
    if (Object.keys(state.timers).length > 0) faults.push(`timers run after the end: ${Object.keys(state.timers).join(', ')}`);
  } else if (state !== null && isTerminal(table, state.state)) faults.push(`in ${state.state} without RunEnded`);
  return faults;
}

function checkStep(table: Table, state: RunState | null, event: RunEvent, epochs: Map<string, number>): string[] {
  const faults: string[] = [];
  if (state !== null && event.at_ms < state.at_ms) faults.push('time runs backwards');
  if ('item_id' in event && event.type !== 'TaskScheduled' && state?.item?.item_id !== event.item_id) {
    faults.push(`${event.type} speaks of item ${event.item_id}, which is not open`);
  }
  if (event.type === 'TaskScheduled' && state?.item !== null) faults.push('a second item was opened');
  if ('epoch' in event) {
    const before = epochs.get(event.item_id) ?? 0;
    if (event.epoch < before || event.epoch < 1) faults.push(`epoch ${event.epoch} of item ${event.item_id} follows ${before}`);
    epochs.set(event.item_id, event.epoch);
  }
  if (event.type === 'cost') {
    const { usd, ci_minutes } = state?.cost ?? { usd: 0, ci_minutes: 0 };
    if (event.usd < 0 || event.ci_minutes < 0 || event.total_usd < usd || event.total_ci_minutes < ci_minutes)
      faults.push('a cost is negative');
  }
  if (event.type === 'StateEntered') {
    if (event.from !== state?.state) faults.push(`entered ${event.to} from ${event.from}, but the run was in ${state?.state}`);
    if (table.definition.states[event.to] === undefined && !isTerminal(table, event.to)) faults.push(`there is no state ${event.to}`);
  }
  return faults;
}
