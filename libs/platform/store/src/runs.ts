import { CodeOptimaError } from '@codeoptima/contracts';
import type { Facts } from '@codeoptima/workflow';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database, RunRow } from './schema.ts';
import { guarded } from './store-error.ts';

export type StoredRun = Selectable<RunRow>;

/** Runs that a rolling mean needs at least (P8). */
const MEAN_RUNS_MIN = 5;

export interface Runs {
  /** By id or by a unique beginning of one; '' is the newest. @throws CodeOptimaError `not_found`, `bad_input` when not unique */
  find: (run_id: string) => Promise<StoredRun>;
  list: (limit: number, active_only: boolean) => Promise<StoredRun[]>;
  /** Oldest first: runs in an entry state, for admission. */
  waiting: (entry_states: readonly string[]) => Promise<StoredRun[]>;
  countSlots: () => Promise<number>;
  countByState: () => Promise<Map<string, number>>;
  /** What guards may know of the repository's past. */
  facts: (repository: string) => Promise<Facts>;
  recordLateSignal: (signal: { run_id: string; name: string; actor: string; reason: string }) => Promise<void>;
}

export function runsOf(db: Kysely<Database>): Runs {
  const run = db.selectFrom('runs').selectAll();
  return {
    find: async (run_id) => {
      const beginning = run.where(sql<boolean>`starts_with(run_id, ${run_id})`).orderBy('run_id').limit(2);
      const query = run_id === '' ? run.orderBy('created_at', 'desc').limit(1) : beginning;
      // No text of the database holds a NUL, and it refuses the question.
      const rows = run_id.includes('\0') ? [] : await guarded(() => query.execute());
      const exact = rows.find((row) => row.run_id === run_id) ?? (rows.length === 1 ? rows[0] : undefined);
      if (exact !== undefined) return exact;
      if (rows.length > 1) throw new CodeOptimaError('bad_input', `more than one run begins with '${run_id}'; give more of the id`);
      throw new CodeOptimaError('not_found', run_id === '' ? 'there is no run yet' : `there is no run '${run_id}'`, { ids: { run_id } });
    },
    list: (limit, active_only) =>
      guarded(() => (active_only ? run.where('terminal', '=', false) : run).orderBy('created_at', 'desc').limit(limit).execute()),
    waiting: (entry_states) =>
      guarded(() =>
        run
          .where('terminal', '=', false)
          .where('state', 'in', [...entry_states])
          .orderBy('created_at')
          .limit(64)
          .execute(),
      ),
    countSlots: async () => {
      const query = db
        .selectFrom('runs')
        .select(db.fn.countAll<number>().as('count'))
        .where('terminal', '=', false)
        .where('holds_slot', '=', true);
      return (await guarded(() => query.executeTakeFirstOrThrow())).count;
    },
    countByState: async () => {
      const query = db
        .selectFrom('runs')
        .select(['state', db.fn.countAll<number>().as('count')])
        .where('terminal', '=', false);
      const rows = await guarded(() => query.groupBy('state').execute());
      return new Map(rows.map(({ state, count }) => [state, count]));
    },
    facts: async (repository) => {
      const query = db
        .selectFrom('runs')
        .select([db.fn.countAll<number>().as('count'), db.fn.avg<number | null>('gain_pct').as('mean')])
        .where('repository', '=', repository)
        // Runs that were cut off or broke say nothing about what is left to gain.
        .where('state', 'in', ['succeeded', 'rejected', 'awaiting_signoff', 'no_gain', 'iterations_exhausted'])
        .where('updated_at', '>', sql<Date>`now() - interval '7 days'`);
      const { count, mean } = await guarded(() => query.executeTakeFirstOrThrow());
      return { rolling_mean_pct: count < MEAN_RUNS_MIN ? null : mean };
    },
    recordLateSignal: async (signal) => {
      await guarded(() => db.insertInto('late_signals').values(signal).execute());
    },
  };
}
