import { CodeOptimaError } from '@codeoptima/contracts';
import { type Kysely, sql } from 'kysely';
import type { Database } from './schema.ts';
import { guarded } from './store-error.ts';

export interface BudgetState {
  scope: string;
  limit_usd: number;
  reserved_usd: number;
  spent_usd: number;
}

/** Money by scope, such as `run:<id>`, `repo:<url>:2026-11`, `team:<name>:2026-11`, `global:2026-11`. */
export interface Budgets {
  /** Makes a scope or changes its limit; what is spent stays. */
  setLimit: (scope: string, limit_usd: number) => Promise<void>;
  /**
   * Sets aside what a call may cost at most, in every scope or in none, in one statement. As long as a call's bound holds, no number of
   * concurrent callers spends more than a limit. The same id reserves once.
   * @returns false when a scope has less left than that
   */
  reserve: (id: string, scopes: readonly string[], amount_usd: number) => Promise<boolean>;
  /** Replaces the reservation by what the call did cost (0 gives it back). A second settlement changes nothing. */
  settle: (id: string, actual_usd: number) => Promise<void>;
  read: (scopes: readonly string[]) => Promise<BudgetState[]>;
}

const MICROS = 1_000_000;

export function budgetsOf(db: Kysely<Database>): Budgets {
  return {
    setLimit: async (scope, limit_usd) => {
      const limit_micros = Math.floor(limit_usd * MICROS);
      await guarded(() =>
        sql`INSERT INTO budgets (scope, limit_micros) VALUES (${scope}, ${limit_micros})
            ON CONFLICT (scope) DO UPDATE SET limit_micros = excluded.limit_micros`.execute(db),
      );
    },
    reserve: (id, scopes, amount_usd) => reserve(db, id, [...new Set(scopes)].sort(), Math.ceil(amount_usd * MICROS)),
    settle: async (id, actual_usd) => {
      await guarded(() => settle(db, id, Math.ceil(Math.max(0, actual_usd) * MICROS)));
    },
    read: async (scopes) => {
      const rows = await guarded(() =>
        db
          .selectFrom('budgets')
          .selectAll()
          .where('scope', 'in', [...scopes])
          .orderBy('scope')
          .execute(),
      );
      return rows.map((row) => ({
        scope: row.scope,
        limit_usd: row.limit_micros / MICROS,
        reserved_usd: row.reserved_micros / MICROS,
        spent_usd: row.spent_micros / MICROS,
      }));
    },
  };
}

/** Rows are locked in the order of their names, so that reservations over several scopes never wait for each other in a circle. */
async function reserve(db: Kysely<Database>, id: string, scopes: string[], micros: number): Promise<boolean> {
  if (!(micros >= 0) || scopes.length === 0) throw new CodeOptimaError('bad_input', 'a reservation needs an amount from 0 on and a scope');
  try {
    const { rows } = await sql<{ known: number; granted: boolean | null; before: boolean }>`
      WITH locked AS (
        SELECT scope, limit_micros - spent_micros - reserved_micros AS free FROM budgets
        WHERE scope = ANY(${scopes}) ORDER BY scope FOR UPDATE
      ), verdict AS (
        SELECT count(*) AS known, bool_and(free >= ${micros}) AS granted, EXISTS (SELECT FROM reservations WHERE id = ${id}) AS before FROM locked
      ), noted AS (
        INSERT INTO reservations (id, scopes, amount_micros)
        SELECT ${id}, ${scopes}, ${micros} FROM verdict WHERE granted AND known = ${scopes.length} AND NOT before
      ), taken AS (
        UPDATE budgets SET reserved_micros = reserved_micros + ${micros} FROM verdict
        WHERE scope = ANY(${scopes}) AND granted AND known = ${scopes.length} AND NOT before
      )
      SELECT known, granted, before FROM verdict`.execute(db);
    const verdict = rows[0];
    if (verdict?.before === true) return true;
    if (verdict?.known !== scopes.length) throw new CodeOptimaError('not_found', `a budget of ${scopes.join(', ')} was never set`);
    return verdict.granted === true;
  } catch (error) {
    // Two calls with one id at the same moment: the other one has reserved.
    if (error instanceof Error && 'code' in error && error.code === '23505') return true;
    return guarded(() => Promise.reject(error));
  }
}

async function settle(db: Kysely<Database>, id: string, micros: number): Promise<void> {
  await sql`
    WITH settled AS (
      UPDATE reservations SET settled_micros = ${micros} WHERE id = ${id} AND settled_micros IS NULL RETURNING scopes, amount_micros
    ), locked AS (
      SELECT b.scope FROM budgets b, settled WHERE b.scope = ANY(settled.scopes) ORDER BY b.scope FOR UPDATE OF b
    ), counted AS (SELECT count(*) FROM locked)
    UPDATE budgets SET reserved_micros = reserved_micros - settled.amount_micros, spent_micros = spent_micros + ${micros}
    FROM settled, counted WHERE budgets.scope = ANY(settled.scopes)`.execute(db);
}
