import type { Effects, RunEvent, RunProjection } from '@codeoptima/workflow';
import type { Pool, PoolClient } from 'pg';
import { budgetScope } from './budgets.ts';
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
  /** The write counts only while the item is held at this epoch. */
  fence?: Fence;
  /** Name of the message that the decision answers, kept in the inbox: it is answered once. */
  receipt?: string;
  idempotency?: { key: string; request_hash: string };
}

export type AppendOutcome =
  | { status: 'appended'; outbox_id: number; dropped: { item_id: string; epoch: number }[] }
  | { status: 'exists'; run_id: string; request_hash: string }
  /** `over_budget`: what the new item may cost cannot be set aside. Nothing was changed in any of these cases. */
  | { status: 'conflict' | 'duplicate' | 'stale' | 'over_budget' };

const COMMIT = { name: 'commit-decision', text: 'SELECT commit_decision($1::jsonb) AS outcome' };
/** SQLSTATE of ours, see the migrations. */
const OVER_BUDGET = 'CO001';

/** Appends a decision in one round trip (see the function of that name in the migrations). */
export async function appendDecision(connection: Pool | PoolClient, decision: Decision): Promise<AppendOutcome> {
  const body = JSON.stringify(encode(decision));
  const { rows } = await guarded(async () => {
    try {
      return await connection.query<{ outcome: AppendOutcome }>({ ...COMMIT, values: [body] });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === OVER_BUDGET)) throw error;
      return { rows: [{ outcome: { status: 'over_budget' } as const }] };
    }
  });
  const outcome = rows[0]?.outcome;
  if (outcome === undefined) throw new Error('commit_decision gave no row');
  return outcome;
}

/** Empty lists are left out: the function skips their statements. */
function encode(decision: Decision): Record<string, unknown> {
  const { run_id, expected_version, events, effects, run, traceparent, messages, fence, receipt, idempotency } = decision;
  const body: Record<string, unknown> = { run_id, expected_version, events, run, traceparent, messages };
  const { items_dropped, money, ...lists } = effects;
  for (const [name, list] of Object.entries(lists)) if (list.length > 0) body[name] = list;
  if (items_dropped.length > 0) body['items_dropped'] = items_dropped.map(({ item_id }) => item_id);
  if (fence !== undefined) body['fence'] = fence;
  if (receipt !== undefined) body['receipt'] = receipt;
  if (money.reserved.length + money.charged.length + money.settled.length > 0) body['money'] = encodeMoney(decision);
  if (idempotency !== undefined) Object.assign(body, { idempotency_key: idempotency.key, request_hash: idempotency.request_hash });
  return body;
}

const MICROS = 1_000_000;

/** The account is the repository's; the month is the database's. */
function encodeMoney({ effects: { money }, run }: Decision): Record<string, unknown> {
  const micros = ({ item_id, usd }: { item_id: string; usd: number }) => ({ item_id, micros: Math.ceil(usd * MICROS) });
  return {
    scope: budgetScope(run.repository),
    limit_micros: Math.floor(money.limit_usd * MICROS),
    reserved: money.reserved.map(micros),
    charged: money.charged.map(micros),
    settled: money.settled,
  };
}
