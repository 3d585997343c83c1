import { type Kysely, sql } from 'kysely';

/** Work and who holds it. `epoch` is the fencing token: raised by each claim, expiry and drop, never lowered. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE work_items (
      item_id text PRIMARY KEY,
      run_id text NOT NULL REFERENCES runs,
      task text NOT NULL,
      service text NOT NULL,
      status text NOT NULL CHECK (status IN ('ready', 'leased', 'done', 'dropped')),
      owner_incarnation text,
      epoch bigint NOT NULL DEFAULT 0,
      attempts integer NOT NULL DEFAULT 0,
      payload jsonb NOT NULL,
      traceparent text NOT NULL,
      limit_ms bigint NOT NULL,
      due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      claimed_at timestamptz,
      deadline timestamptz,
      wakeups integer NOT NULL DEFAULT 0,
      next_wakeup_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '5 seconds'
    )`.execute(db);
  await sql`CREATE INDEX work_items_due ON work_items (service, due_at) WHERE status = 'ready'`.execute(db);
  await sql`CREATE INDEX work_items_leased ON work_items (deadline) WHERE status = 'leased'`.execute(db);
  await sql`
    CREATE TABLE fenced_writes (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      item_id text NOT NULL,
      epoch bigint NOT NULL,
      operation text NOT NULL,
      refused_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`.execute(db);
}
