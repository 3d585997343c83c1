export type { BudgetState, Budgets } from './budgets.ts';
export type { AppendOutcome, Decision, Fence, OutboxMessage } from './decision.ts';
export type { StoredEvent } from './log.ts';
export type { OutboxRow } from './outbox.ts';
export type { StoredRun } from './runs.ts';
export { openStore, type Store, type StoreOptions } from './store.ts';
export type { ClaimedItem, Lease } from './work-items.ts';
export type { DueTimer } from './timers.ts';
