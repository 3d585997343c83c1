import { type Kysely, sql } from 'kysely';

/**
 * One decision, one statement, one commit: events, projection, outbox, items and timers together, in one round trip.
 *
 * Answers `appended`, or without having changed anything: `exists` (the idempotency key started a run before), `conflict` (another
 * decision was faster), `duplicate` (this very write was done before and only its answer was lost), `stale` (the epoch has moved on).
 * The run's row is locked first and the item's second, everywhere, so that no two decisions wait for each other.
 */
const APPEND_DECISION = `
    CREATE FUNCTION append_decision(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $body$
    DECLARE
      id text := p->>'run_id';
      expected integer := (p->>'expected_version')::integer;
      r jsonb := p->'run';
      stored integer;
      known record;
      item record;
      outbox_id bigint;
      dropped jsonb := '[]';
    BEGIN
      IF expected = 0 THEN
        IF p ? 'idempotency_key' THEN
          INSERT INTO idempotency_keys (key, run_id, request_hash) VALUES (p->>'idempotency_key', id, p->>'request_hash') ON CONFLICT DO NOTHING;
          IF NOT FOUND THEN
            SELECT k.run_id, k.request_hash INTO known FROM idempotency_keys k WHERE k.key = p->>'idempotency_key';
            RETURN jsonb_build_object('status', 'exists', 'run_id', known.run_id, 'request_hash', known.request_hash);
          END IF;
        END IF;
        INSERT INTO runs (run_id, version, state, terminal, holds_slot, reason, workflow, machine_version, repository,
          cost_usd, ci_minutes, gain_pct, max_concurrency, submitted_at_ms, ended_at_ms)
        VALUES (id, (r->>'version')::integer, r->>'state', (r->>'terminal')::boolean, (r->>'holds_slot')::boolean, r->>'reason',
          r->>'workflow', r->>'machine_version', r->>'repository', (r->>'cost_usd')::float8, (r->>'ci_minutes')::float8,
          (r->>'gain_pct')::float8, (r->>'max_concurrency')::integer, (r->>'submitted_at_ms')::bigint, (r->>'ended_at_ms')::bigint);
      ELSE
        SELECT version INTO stored FROM runs WHERE run_id = id FOR UPDATE;
        IF p ? 'fence' THEN
          SELECT status, epoch INTO item FROM work_items WHERE item_id = p->'fence'->>'item_id' FOR UPDATE;
          IF item.epoch = (p->'fence'->>'epoch')::bigint AND item.status = p->'fence'->>'repeated' THEN
            RETURN jsonb_build_object('status', 'duplicate');
          END IF;
          IF item.epoch IS DISTINCT FROM (p->'fence'->>'epoch')::bigint OR item.status <> 'leased' THEN
            RETURN jsonb_build_object('status', 'stale');
          END IF;
        END IF;
        IF stored IS DISTINCT FROM expected THEN
          RETURN jsonb_build_object('status', 'conflict');
        END IF;
        UPDATE runs SET version = (r->>'version')::integer, state = r->>'state', terminal = (r->>'terminal')::boolean,
          holds_slot = (r->>'holds_slot')::boolean, reason = r->>'reason', cost_usd = (r->>'cost_usd')::float8,
          ci_minutes = (r->>'ci_minutes')::float8, gain_pct = (r->>'gain_pct')::float8, ended_at_ms = (r->>'ended_at_ms')::bigint,
          updated_at = clock_timestamp()
        WHERE run_id = id;
      END IF;
      INSERT INTO events (run_id, version, type, data)
        SELECT id, expected + e.ordinality, e.value->>'type', e.value - 'type' FROM jsonb_array_elements(p->'events') WITH ORDINALITY e;
      IF p ? 'items_completed' THEN
        UPDATE work_items SET status = 'done' WHERE item_id IN (SELECT jsonb_array_elements_text(p->'items_completed'));
      END IF;
      IF p ? 'items_requeued' THEN
        UPDATE work_items w SET status = 'ready', owner_incarnation = NULL, claimed_at = NULL, deadline = NULL,
          epoch = greatest(w.epoch, q.epoch), due_at = clock_timestamp() + q.delay_ms * interval '1 millisecond', wakeups = 0,
          next_wakeup_at = clock_timestamp() + greatest(q.delay_ms, 1) * interval '1 millisecond'
        FROM jsonb_to_recordset(p->'items_requeued') AS q(item_id text, delay_ms float8, epoch bigint) WHERE w.item_id = q.item_id;
      END IF;
      IF p ? 'items_dropped' THEN
        WITH gone AS (
          UPDATE work_items SET status = 'dropped', epoch = epoch + 1 WHERE item_id IN (SELECT jsonb_array_elements_text(p->'items_dropped'))
          RETURNING item_id, epoch - 1 AS epoch
        ) SELECT coalesce(jsonb_agg(to_jsonb(gone)), '[]') INTO dropped FROM gone;
      END IF;
      IF p ? 'items_created' THEN
        INSERT INTO work_items (item_id, run_id, task, service, status, payload, traceparent, limit_ms)
          SELECT c.item_id, id, c.task, c.service, 'ready', c.payload, p->>'traceparent', c.limit_ms
          FROM jsonb_to_recordset(p->'items_created') AS c(item_id text, task text, service text, payload jsonb, limit_ms bigint);
      END IF;
      IF p ? 'timers_cleared' THEN
        DELETE FROM timers WHERE run_id = id AND name IN (SELECT jsonb_array_elements_text(p->'timers_cleared'));
      END IF;
      IF p ? 'timers_set' THEN
        INSERT INTO timers (run_id, name, generation, due_at)
          SELECT id, t.name, t.generation, clock_timestamp() + t.delay_ms * interval '1 millisecond'
          FROM jsonb_to_recordset(p->'timers_set') AS t(name text, generation integer, delay_ms float8)
          ON CONFLICT (run_id, name) DO UPDATE SET generation = excluded.generation, due_at = excluded.due_at;
      END IF;
      INSERT INTO outbox (run_id, messages, traceparent) VALUES (id, p->'messages', p->>'traceparent') RETURNING outbox.id INTO outbox_id;
      RETURN jsonb_build_object('status', 'appended', 'outbox_id', outbox_id, 'dropped', dropped);
    END
    $body$`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(APPEND_DECISION).execute(db);
}
