import { Kysely, PostgresDialect } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodeOptimaError } from '@codeoptima/contracts';
import { Pool, TypeOverrides } from 'pg';
import { type Budgets, budgetsOf } from './budgets.ts';
import { type AppendOutcome, type Decision, appendDecision } from './decision.ts';
import { type Definitions, definitionsOf } from './definitions.ts';
import { type Inbox, inboxOf } from './inbox.ts';
import { type EventLog, eventLog } from './log.ts';
import { migrate } from './migrate.ts';
import { type Outbox, outboxOf } from './outbox.ts';
import { type Runs, runsOf } from './runs.ts';
import type { Database } from './schema.ts';
import { guarded } from './store-error.ts';
import { type Timers, timersOf } from './timers.ts';
import { type WorkItems, workItems } from './work-items.ts';

export interface StoreOptions {
  /** `postgres://…` */
  url: string;
  /** Connections at most. Decisions of that many runs can share one flush of the log. */
  connections?: number;
  /** How long to wait for Postgres at the start, default 60 s: it may be starting too. */
  timeout_ms?: number;
  /** Told of connections that broke while no statement ran on them; they are replaced. */
  onError?: (error: Error) => void;
}

/** Everything the planner remembers. No other service has a connection. */
export interface Store {
  append: (decision: Decision) => Promise<AppendOutcome>;
  /** Runs `work` while no other planner runs its own of the same name; null when one does. */
  exclusively: <T>(name: string, work: () => Promise<T>) => Promise<T | null>;
  events: EventLog;
  runs: Runs;
  items: WorkItems;
  timers: Timers;
  outbox: Outbox;
  inbox: Inbox;
  budgets: Budgets;
  definitions: Definitions;
  /** @throws CodeOptimaError `unavailable` */
  ping: () => Promise<void>;
  close: () => Promise<void>;
}

/** int8 as a number: versions, epochs and counts stay far below 2^53. */
function numbers(): TypeOverrides {
  const types = new TypeOverrides();
  types.setTypeParser(20, Number);
  types.setTypeParser(1700, Number);
  return types;
}

/** Connects and migrates. @throws CodeOptimaError `unavailable` when Postgres cannot be reached */
export async function openStore(options: StoreOptions): Promise<Store> {
  const pool = new Pool({
    connectionString: options.url,
    max: options.connections ?? 16,
    types: numbers(),
    application_name: 'codeoptima-planner',
    connectionTimeoutMillis: 10_000,
    // A server that vanished without a word is noticed by its next use.
    keepAlive: true,
    query_timeout: 30_000,
  });
  const onError = (error: Error): void => options.onError?.(error);
  pool.on('error', onError);
  // The pool listens to idle connections only: one that breaks while somebody holds it between two statements would end the process.
  pool.on('connect', (client) => client.on('error', onError));
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrateWhenReachable(db, options.timeout_ms ?? 60_000);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    append: (decision) => appendDecision(pool, decision),
    exclusively: (name, work) => exclusively(pool, name, work),
    events: eventLog(pool),
    runs: runsOf(db),
    items: workItems(pool, db),
    timers: timersOf(db),
    outbox: outboxOf(db),
    inbox: inboxOf(db),
    budgets: budgetsOf(db),
    definitions: definitionsOf(db),
    ping: async () => {
      await guarded(() => pool.query('SELECT 1'));
    },
    close: () => db.destroy(),
  };
}

async function migrateWhenReachable(db: Kysely<Database>, timeout_ms: number): Promise<void> {
  const expired = AbortSignal.timeout(timeout_ms);
  for (;;) {
    try {
      await guarded(() => migrate(db));
      return;
    } catch (error) {
      if (expired.aborted || !(error instanceof CodeOptimaError) || error.code !== 'unavailable') throw error;
    }
    await sleep(200);
  }
}

async function exclusively<T>(pool: Pool, name: string, work: () => Promise<T>): Promise<T | null> {
  const client = await guarded(() => pool.connect());
  let broken = true;
  try {
    const { rows } = await guarded(() => client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock(hashtext($1)) AS mine', [name]));
    const mine = rows[0]?.mine === true;
    const answer = mine ? await work() : null;
    if (mine) await guarded(() => client.query('SELECT pg_advisory_unlock(hashtext($1))', [name]));
    broken = false;
    return answer;
  } finally {
    // Ending the session is the surest way to give back a lock after an error.
    client.release(broken);
  }
}
