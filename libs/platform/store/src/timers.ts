import { type Kysely, sql } from 'kysely';
import type { Database } from './schema.ts';
import { guarded } from './store-error.ts';

export interface DueTimer {
  run_id: string;
  name: string;
  generation: number;
}

export interface Timers {
  /** Timers that are due by the database's clock, the longest due first. Firing one is a decision on its run. */
  due: (limit: number) => Promise<DueTimer[]>;
  /** Removes a timer that its run no longer knows. */
  drop: (timer: DueTimer) => Promise<void>;
}

export function timersOf(db: Kysely<Database>): Timers {
  return {
    due: (limit) =>
      guarded(() =>
        db
          .selectFrom('timers')
          .select(['run_id', 'name', 'generation'])
          .where('due_at', '<=', sql<Date>`clock_timestamp()`)
          .orderBy('due_at')
          .limit(limit)
          .execute(),
      ),
    drop: async ({ run_id, name, generation }) => {
      const query = db.deleteFrom('timers').where('run_id', '=', run_id).where('name', '=', name).where('generation', '=', generation);
      await guarded(() => query.execute());
    },
  };
}
