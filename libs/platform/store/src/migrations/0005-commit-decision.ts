import { type Kysely, sql } from 'kysely';

/**
 * Money of a decision, in the transaction of the decision. Amounts are millionths of a US dollar. Raises CO001 when what the new item
 * may cost cannot be set aside, which undoes everything.
 */
const ACCOUNT_FOR = `
    CREATE FUNCTION account_for(m jsonb) RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      account text := (m->>'scope') || ':' || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM');
      entry record;
      held record;
    BEGIN
      INSERT INTO budgets (scope, limit_micros) VALUES (account, (m->>'limit_micros')::bigint)
        ON CONFLICT (scope) DO UPDATE SET limit_micros = excluded.limit_micros;
      FOR entry IN SELECT * FROM jsonb_to_recordset(m->'charged') AS c(item_id text, micros bigint) LOOP
        UPDATE reservations SET used_micros = used_micros + entry.micros WHERE id = entry.item_id AND settled_micros IS NULL
          RETURNING scopes, least(entry.micros, greatest(0, amount_micros - used_micros + entry.micros)) AS covered INTO held;
        UPDATE budgets SET spent_micros = spent_micros + entry.micros, reserved_micros = reserved_micros - coalesce(held.covered, 0)
          WHERE scope = ANY(coalesce(held.scopes, ARRAY[account]));
      END LOOP;
      FOR entry IN SELECT * FROM jsonb_to_recordset(m->'settled') AS s(item_id text, unreported boolean, dropped boolean) LOOP
        UPDATE reservations r SET settled_micros = greatest(r.used_micros, CASE WHEN entry.unreported OR (entry.dropped
            AND EXISTS (SELECT FROM work_items w WHERE w.item_id = r.id AND w.owner_incarnation IS NOT NULL))
            THEN r.amount_micros ELSE 0 END)
          WHERE id = entry.item_id AND settled_micros IS NULL
          RETURNING scopes, greatest(0, amount_micros - used_micros) AS rest, settled_micros - used_micros AS lost INTO held;
        IF FOUND THEN
          UPDATE budgets SET reserved_micros = reserved_micros - held.rest, spent_micros = spent_micros + held.lost
            WHERE scope = ANY(held.scopes);
        END IF;
      END LOOP;
      FOR entry IN SELECT * FROM jsonb_to_recordset(m->'reserved') AS c(item_id text, micros bigint) LOOP
        UPDATE budgets SET reserved_micros = reserved_micros + entry.micros
          WHERE scope = account AND limit_micros - spent_micros - reserved_micros >= entry.micros;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'over budget' USING ERRCODE = 'CO001';
        END IF;
        INSERT INTO reservations (id, scopes, amount_micros) VALUES (entry.item_id, ARRAY[account], entry.micros);
      END LOOP;
    END
    $body$`;

/**
 * A decision with its receipt and its money, in one statement and one commit. The receipt names the message that the decision answers:
 * the same message a second time is a 'duplicate', whatever became of the run meanwhile.
 */
const COMMIT_DECISION = `
    CREATE FUNCTION commit_decision(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $body$
    DECLARE
      outcome jsonb;
    BEGIN
      IF p ? 'receipt' THEN
        INSERT INTO inbox (consumer, msg_id) VALUES ('planner', p->>'receipt') ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
          RETURN jsonb_build_object('status', 'duplicate');
        END IF;
      END IF;
      outcome := append_decision(p);
      IF outcome->>'status' = 'appended' THEN
        IF p ? 'money' THEN
          PERFORM account_for(p->'money');
        END IF;
      ELSIF p ? 'receipt' THEN
        DELETE FROM inbox WHERE consumer = 'planner' AND msg_id = p->>'receipt';
      END IF;
      RETURN outcome;
    END
    $body$`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE reservations ADD COLUMN used_micros bigint NOT NULL DEFAULT 0 CHECK (used_micros >= 0)`.execute(db);
  await sql.raw(ACCOUNT_FOR).execute(db);
  await sql.raw(COMMIT_DECISION).execute(db);
}
