import { type Kysely, sql } from 'kysely';

/** The log of a run, what is derived from it, and what leaves with it in the same transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE runs (
      run_id text PRIMARY KEY,
      version integer NOT NULL,
      state text NOT NULL,
      terminal boolean NOT NULL,
      holds_slot boolean NOT NULL,
      reason text NOT NULL,
      workflow text NOT NULL,
      machine_version text NOT NULL,
      repository text NOT NULL,
      cost_usd double precision NOT NULL CHECK (cost_usd >= 0),
      ci_minutes double precision NOT NULL CHECK (ci_minutes >= 0),
      gain_pct double precision NOT NULL,
      max_concurrency integer NOT NULL,
      submitted_at_ms bigint NOT NULL,
      ended_at_ms bigint,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
    ) WITH (fillfactor = 70)`.execute(db);
  await sql`CREATE INDEX runs_active ON runs (created_at) WHERE NOT terminal`.execute(db);
  await sql`CREATE INDEX runs_newest ON runs (created_at DESC)`.execute(db);
  await sql`CREATE INDEX runs_gain ON runs (repository)`.execute(db);
  await sql`
    CREATE TABLE events (
      run_id text NOT NULL REFERENCES runs,
      version integer NOT NULL CHECK (version > 0),
      type text NOT NULL,
      data jsonb NOT NULL,
      recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (run_id, version)
    )`.execute(db);
  await createMessaging(db);
}

async function createMessaging(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE outbox (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      run_id text NOT NULL,
      messages jsonb NOT NULL,
      traceparent text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      published_at timestamptz
    )`.execute(db);
  await sql`CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL`.execute(db);
  await sql`CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL`.execute(db);
  await sql`
    CREATE TABLE inbox (
      consumer text NOT NULL,
      msg_id text NOT NULL,
      received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (consumer, msg_id)
    )`.execute(db);
  await sql`
    CREATE TABLE timers (
      run_id text NOT NULL REFERENCES runs,
      name text NOT NULL,
      generation integer NOT NULL,
      due_at timestamptz NOT NULL,
      PRIMARY KEY (run_id, name)
    )`.execute(db);
  await sql`CREATE INDEX timers_due ON timers (due_at)`.execute(db);
  await sql`CREATE TABLE idempotency_keys (key text PRIMARY KEY, run_id text NOT NULL, request_hash text NOT NULL)`.execute(db);
  await sql`CREATE TABLE workflow_definitions (version text PRIMARY KEY, workflow text NOT NULL, definition jsonb NOT NULL)`.execute(db);
  await sql`
    CREATE TABLE late_signals (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      run_id text NOT NULL REFERENCES runs,
      name text NOT NULL,
      actor text NOT NULL,
      reason text NOT NULL,
      received_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`.execute(db);
}
