import type { Effects, RunEvent, RunProjection } from '@codeoptima/workflow';
import type { Pool, PoolClient } from 'pg';
import { guarded } from './store-error.ts';

/** What leaves for the bus once the decision is committed. Facts are named by version: their text is in the log already. */
export type OutboxMessage =
  | { kind: 'event'; version: number; type: string }
  | { kind: 'wake_up'; item_id: string; service: string; epoch: number }
  /** Without an epoch: of an item that was dropped; the epoch before its own is the one that ended. */
  | { kind: 'cancel'; item_id: string; epoch?: number; reason: string };

export interface Fence {
  item_id: string;
  epoch: number;
  repeated?: 'done' | 'ready';
}

export interface Decision {
  run_id: string;
  /** Number of events the decision was taken on; 0 for a new run. */
  expected_version: number;
  events: readonly RunEvent[];
  effects: Effects;
  run: RunProjection;
  traceparent: string;
  messages: readonly OutboxMessage[];
  /** The write counts only while the item is held at this epoch. An item at this epoch in status `repeated` had this very write before. */
  fence?: Fence;
  idempotency?: { key: string; request_hash: string };
}

export type AppendOutcome =
  | { status: 'appended'; outbox_id: number; dropped: { item_id: string; epoch: number }[] }
  | { status: 'exists'; run_id: string; request_hash: string }
  | { status: 'conflict' | 'duplicate' | 'stale' };

const APPEND = { name: 'append-decision', text: 'SELECT append_decision($1::jsonb) AS outcome' };

/** Appends a decision in one round trip (see the function of that name in the migrations). */
export async function appendDecision(connection: Pool | PoolClient, decision: Decision): Promise<AppendOutcome> {
  const body = JSON.stringify(encode(decision));
  const { rows } = await guarded(() => connection.query<{ outcome: AppendOutcome }>({ ...APPEND, values: [body] }));
  const outcome = rows[0]?.outcome;
  if (outcome === undefined) throw new Error('append_decision gave no row');
  return outcome;
}

/** Empty lists are left out: the function skips their statements. */
function encode(decision: Decision): Record<string, unknown> {
  const { run_id, expected_version, events, effects, run, traceparent, messages, fence, idempotency } = decision;
  const body: Record<string, unknown> = { run_id, expected_version, events, run, traceparent, messages };
  const { items_dropped, ...lists } = effects;
  for (const [name, list] of Object.entries(lists)) if (list.length > 0) body[name] = list;
  if (items_dropped.length > 0) body['items_dropped'] = items_dropped.map(({ item_id }) => item_id);
  if (fence !== undefined) body['fence'] = fence;
  if (idempotency !== undefined) Object.assign(body, { idempotency_key: idempotency.key, request_hash: idempotency.request_hash });
  return body;
}
