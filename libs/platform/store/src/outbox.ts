import { type Kysely, sql } from 'kysely';
import type { OutboxMessage } from './decision.ts';
import type { Database } from './schema.ts';
import { guarded } from './store-error.ts';

export interface OutboxRow {
  id: number;
  run_id: string;
  messages: OutboxMessage[];
  traceparent: string;
}

export interface Outbox {
  /**
   * Hands rows that were not published to `publish` and marks those it returns. The rows stay locked meanwhile, so that two relays
   * share the work. There is no high-water mark: ids become visible out of order, so a row is asked for by its state, not by its place.
   */
  drain: (limit: number, publish: (rows: OutboxRow[]) => Promise<number[]>) => Promise<number>;
  markPublished: (ids: readonly number[]) => Promise<void>;
  /** Rows that wait, and the age of the oldest in milliseconds. */
  lag: () => Promise<{ rows: number; oldest_ms: number }>;
  prune: (older_than_ms: number) => Promise<void>;
}

/** Younger rows are on their way already: the planner that wrote them publishes them from memory. */
const YOUNG_MS = 1_000;

export function outboxOf(db: Kysely<Database>): Outbox {
  const markPublished = async (connection: Kysely<Database>, ids: readonly number[]): Promise<void> => {
    if (ids.length === 0) return;
    await sql`UPDATE outbox SET published_at = clock_timestamp() WHERE id = ANY(${ids}) AND published_at IS NULL`.execute(connection);
  };
  return {
    drain: (limit, publish) =>
      guarded(() =>
        db.transaction().execute(async (transaction) => {
          const { rows } = await sql<OutboxRow>`
            SELECT id, run_id, messages, traceparent FROM outbox
            WHERE published_at IS NULL AND created_at < clock_timestamp() - ${YOUNG_MS} * interval '1 millisecond'
            ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED`.execute(transaction);
          if (rows.length === 0) return 0;
          const published = await publish(rows);
          await markPublished(transaction, published);
          return published.length;
        }),
      ),
    markPublished: (ids) => guarded(() => markPublished(db, ids)),
    lag: async () => {
      const { rows } = await guarded(() =>
        sql<{ rows: number; oldest_ms: number }>`
          SELECT count(*) AS rows, coalesce(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000, 0)::float8 AS oldest_ms
          FROM outbox WHERE published_at IS NULL`.execute(db),
      );
      return rows[0] ?? { rows: 0, oldest_ms: 0 };
    },
    prune: async (older_than_ms) => {
      const limit = sql`clock_timestamp() - ${older_than_ms} * interval '1 millisecond'`;
      await guarded(() => sql`DELETE FROM outbox WHERE published_at < ${limit}`.execute(db));
      // A worker tries for hours to bring its verdict to a planner that is away.
      await guarded(() => sql`DELETE FROM inbox WHERE received_at < ${limit} - interval '1 day'`.execute(db));
    },
  };
}
