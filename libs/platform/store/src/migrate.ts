import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { storeError } from './store-error.ts';
import * as runLog from './migrations/0001-run-log.ts';
import * as workItems from './migrations/0002-work-items.ts';
import * as appendDecision from './migrations/0003-append-decision.ts';
import * as budgets from './migrations/0004-budgets.ts';
import * as commitDecision from './migrations/0005-commit-decision.ts';

/** In order; a migration that was released is never edited. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-run-log': runLog,
  '0002-work-items': workItems,
  '0003-append-decision': appendDecision,
  '0004-budgets': budgets,
  '0005-commit-decision': commitDecision,
};

/**
 * Brings the schema to this version, all or nothing. Planners that start together wait for each other on an advisory lock.
 * @throws CodeOptimaError when a migration fails, or when the database was migrated by a newer version
 */
export async function migrate<T>(db: Kysely<T>): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
    migrationTableName: 'planner_migrations',
    migrationLockTableName: 'planner_migrations_lock',
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw storeError(error);
  return (results ?? []).filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName);
}
