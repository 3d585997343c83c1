import type { Json, RunProjection } from '@codeoptima/workflow';
import type { ColumnType, Generated } from 'kysely';

/** Written by the database clock alone. */
type Stamp = ColumnType<Date, never, never>;

export interface Database {
  events: { run_id: string; version: number; type: string; data: Json; recorded_at: Stamp };
  runs: RunRow;
  outbox: { id: Generated<number>; run_id: string; messages: Json; traceparent: string; created_at: Stamp; published_at: Date | null };
  inbox: { consumer: string; msg_id: string; received_at: Stamp };
  work_items: ItemRow;
  timers: { run_id: string; name: string; generation: number; due_at: Date };
  idempotency_keys: { key: string; run_id: string; request_hash: string };
  fenced_writes: { id: Generated<number>; item_id: string; epoch: number; operation: string; refused_at: Stamp };
  late_signals: { id: Generated<number>; run_id: string; name: string; actor: string; reason: string; received_at: Stamp };
  workflow_definitions: { version: string; workflow: string; definition: Json };
  budgets: { scope: string; limit_micros: number; reserved_micros: number; spent_micros: number };
  reservations: { id: string; scopes: string[]; amount_micros: number; used_micros: number; settled_micros: number | null };
}

export interface RunRow extends RunProjection {
  created_at: Stamp;
  updated_at: Stamp;
}

export type ItemStatus = 'ready' | 'leased' | 'done' | 'dropped';

export interface ItemRow {
  item_id: string;
  run_id: string;
  task: string;
  service: string;
  status: ItemStatus;
  owner_incarnation: string | null;
  epoch: number;
  attempts: number;
  payload: Json;
  traceparent: string;
  limit_ms: number;
  due_at: Date;
  claimed_at: Date | null;
  deadline: Date | null;
  wakeups: number;
  next_wakeup_at: Date;
}
