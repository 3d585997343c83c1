import { type Kysely, sql } from 'kysely';

/** Money by scope, in millionths of a US dollar. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE budgets (
      scope text PRIMARY KEY,
      limit_micros bigint NOT NULL CHECK (limit_micros >= 0),
      reserved_micros bigint NOT NULL DEFAULT 0 CHECK (reserved_micros >= 0),
      spent_micros bigint NOT NULL DEFAULT 0 CHECK (spent_micros >= 0)
    )`.execute(db);
  await sql`
    CREATE TABLE reservations (
      id text PRIMARY KEY,
      scopes text[] NOT NULL,
      amount_micros bigint NOT NULL CHECK (amount_micros >= 0),
      settled_micros bigint,
      reserved_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`.execute(db);
}
