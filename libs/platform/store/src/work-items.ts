import { type Kysely, sql } from 'kysely';
import type { Pool } from 'pg';
import type { Database, ItemStatus } from './schema.ts';
import { guarded } from './store-error.ts';

export interface ClaimedItem {
  item_id: string;
  run_id: string;
  task: string;
  service: string;
  epoch: number;
  attempts: number;
  payload_json: string;
  traceparent: string;
  deadline: Date;
}

export interface Lease {
  item_id: string;
  run_id: string;
  service: string;
  owner_incarnation: string;
  epoch: number;
  claimed_at: Date;
}

export interface WorkItems {
  /**
   * Takes a due item (any of the service when `item_id` is empty) and raises its epoch; the attempt is counted here, before anybody
   * reads the payload. Null when nothing is due.
   */
  claim: (service: string, item_id: string, incarnation: string) => Promise<ClaimedItem | null>;
  /** Gives an item back unharmed and leaves a receipt; false when it is not held at this epoch. The attempt is not counted. */
  release: (item_id: string, epoch: number, receipt: string) => Promise<boolean>;
  leases: () => Promise<Lease[]>;
  /** Leased items whose attempt has outlived its limit by the grace. */
  overdue: (grace_ms: number) => Promise<Lease[]>;
  /** Milliseconds since the claim of an item that is held now, by the clock of the database; 0 for any other. */
  heldMs: (item_id: string) => Promise<number>;
  find: (item_id: string) => Promise<{ run_id: string; status: ItemStatus; epoch: number } | null>;
  /** Ready items that nobody has taken since their last wake-up; the pause to the next one doubles from 5 s to 30 s. */
  takeUnheard: (
    limit: number,
  ) => Promise<{ item_id: string; run_id: string; service: string; epoch: number; wakeups: number; traceparent: string }[]>;
  /** Every ready item counts as unheard: the bus may have lost what it was told. */
  forgetWakeUps: () => Promise<void>;
  /** Counts a refused write. */
  recordFenced: (item_id: string, epoch: number, operation: string) => Promise<void>;
  countFenced: () => Promise<number>;
}

const RETURNED = 'w.item_id, w.run_id, w.task, w.service, w.epoch, w.attempts, w.payload::text AS payload_json, w.traceparent, w.deadline';

const claimText = (filter: string): string => `
  WITH due AS (
    SELECT item_id FROM work_items WHERE service = $1 AND status = 'ready' AND due_at <= clock_timestamp() ${filter}
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  UPDATE work_items w SET status = 'leased', owner_incarnation = $2, epoch = w.epoch + 1, attempts = w.attempts + 1,
    claimed_at = clock_timestamp(), deadline = clock_timestamp() + w.limit_ms * interval '1 millisecond'
  FROM due WHERE w.item_id = due.item_id RETURNING ${RETURNED}`;

const CLAIM_ANY = { name: 'claim-any', text: claimText('') };
const CLAIM_ONE = { name: 'claim-one', text: claimText('AND item_id = $3') };

export function workItems(pool: Pool, db: Kysely<Database>): WorkItems {
  const lease = db.selectFrom('work_items').select(['item_id', 'run_id', 'service', 'epoch']).where('status', '=', 'leased');
  const held = lease.select([sql<string>`owner_incarnation`.as('owner_incarnation'), sql<Date>`claimed_at`.as('claimed_at')]);
  return {
    claim: async (service, item_id, incarnation) => {
      const query =
        item_id === '' ? { ...CLAIM_ANY, values: [service, incarnation] } : { ...CLAIM_ONE, values: [service, incarnation, item_id] };
      const { rows } = await guarded(() => pool.query<ClaimedItem>(query));
      return rows[0] ?? null;
    },
    release: (item_id, epoch, receipt) => guarded(() => release(db, item_id, epoch, receipt)),
    leases: () => guarded(() => held.orderBy('claimed_at').execute()),
    overdue: (grace_ms) =>
      guarded(() => held.where('deadline', '<', sql<Date>`clock_timestamp() - ${grace_ms} * interval '1 millisecond'`).limit(50).execute()),
    heldMs: async (item_id) => {
      const age = sql<number>`extract(epoch FROM clock_timestamp() - claimed_at)::float8 * 1000`.as('age_ms');
      const query = db.selectFrom('work_items').select(age).where('item_id', '=', item_id).where('status', '=', 'leased');
      return Math.max(0, (await guarded(() => query.executeTakeFirst()))?.age_ms ?? 0);
    },
    find: async (item_id) => {
      const query = db.selectFrom('work_items').select(['run_id', 'status', 'epoch']).where('item_id', '=', item_id);
      return (await guarded(() => query.executeTakeFirst())) ?? null;
    },
    takeUnheard: (limit) => guarded(() => takeUnheard(db, limit)),
    forgetWakeUps: async () => {
      await guarded(() => sql`UPDATE work_items SET next_wakeup_at = clock_timestamp() WHERE status = 'ready'`.execute(db));
    },
    recordFenced: async (item_id, epoch, operation) => {
      await guarded(() => db.insertInto('fenced_writes').values({ item_id, epoch, operation }).execute());
    },
    countFenced: async () => {
      const query = db.selectFrom('fenced_writes').select(db.fn.countAll<number>().as('count'));
      return (await guarded(() => query.executeTakeFirstOrThrow())).count;
    },
  };
}

async function release(db: Kysely<Database>, item_id: string, epoch: number, receipt: string): Promise<boolean> {
  const { rows } = await sql<{ item_id: string }>`
    WITH released AS (
      UPDATE work_items SET status = 'ready', owner_incarnation = NULL, claimed_at = NULL, deadline = NULL, attempts = attempts - 1,
        due_at = clock_timestamp(), wakeups = 0, next_wakeup_at = clock_timestamp()
      WHERE item_id = ${item_id} AND epoch = ${epoch} AND status = 'leased' RETURNING item_id
    ), noted AS (
      INSERT INTO inbox (consumer, msg_id) SELECT 'planner', ${receipt} FROM released ON CONFLICT DO NOTHING
    ) SELECT item_id FROM released`.execute(db);
  return rows.length === 1;
}

async function takeUnheard(db: Kysely<Database>, limit: number): ReturnType<WorkItems['takeUnheard']> {
  const { rows } = await sql<{ item_id: string; run_id: string; service: string; epoch: number; wakeups: number; traceparent: string }>`
    UPDATE work_items SET wakeups = wakeups + 1,
      next_wakeup_at = clock_timestamp() + least(5 * 2 ^ least(wakeups, 3), 30) * interval '1 second'
    WHERE item_id IN (
      SELECT item_id FROM work_items WHERE status = 'ready' AND due_at <= clock_timestamp() AND next_wakeup_at <= clock_timestamp()
      ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) RETURNING item_id, run_id, service, epoch, wakeups, traceparent`.execute(db);
  return rows;
}
