import { type Kysely, sql } from 'kysely';
import type { Database } from './schema.ts';
import { guarded } from './store-error.ts';

export interface BudgetState {
  /** `repo_month:<repository>:<year>-<month>`, in UTC. */
  scope: string;
  limit_usd: number;
  /** Set aside for items that are not over. */
  reserved_usd: number;
  spent_usd: number;
}

/** Money by repository and month. It moves only inside decisions (see the function commit_decision in the migrations). */
export interface Budgets {
  /** This month of a repository, by the clock of the database; null when nothing was set aside or spent yet. */
  month: (repository: string) => Promise<BudgetState | null>;
}

export const budgetScope = (repository: string): string => `repo_month:${repository}`;

const usd = (micros: number): number => micros / 1_000_000;

export function budgetsOf(db: Kysely<Database>): Budgets {
  return {
    month: async (repository) => {
      const scope = sql<string>`${budgetScope(repository)} || ':' || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM')`;
      const row = await guarded(() => db.selectFrom('budgets').selectAll().where('scope', '=', scope).executeTakeFirst());
      if (row === undefined) return null;
      const { limit_micros, reserved_micros, spent_micros } = row;
      return { scope: row.scope, limit_usd: usd(limit_micros), reserved_usd: usd(reserved_micros), spent_usd: usd(spent_micros) };
    },
  };
}
