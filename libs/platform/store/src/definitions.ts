import { CodeOptimaError } from '@codeoptima/contracts';
import { compileDefinition, type Json, type Table } from '@codeoptima/workflow';
import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';
import { guarded } from './store-error.ts';

export interface Definitions {
  save: (table: Table) => Promise<void>;
  /** The table a run is pinned to. @throws CodeOptimaError `internal` when it is missing, `bad_input` when this release cannot read it */
  load: (version: string) => Promise<Table>;
}

export function definitionsOf(db: Kysely<Database>): Definitions {
  const known = new Map<string, Table>();
  return {
    save: async (table) => {
      const { version, definition } = table;
      const row = { version, workflow: definition.workflow, definition: JSON.stringify(definition) as Json };
      await guarded(() =>
        db
          .insertInto('workflow_definitions')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute(),
      );
      known.set(version, table);
    },
    load: async (version) => {
      const cached = known.get(version);
      if (cached !== undefined) return cached;
      const query = db.selectFrom('workflow_definitions').select('definition').where('version', '=', version);
      const row = await guarded(() => query.executeTakeFirst());
      if (row === undefined) throw new CodeOptimaError('internal', `workflow definition ${version} is not in the store`);
      // The version is the one it had when it was stored: a later release may add fields with defaults, and so hash it differently.
      const table = { ...compileDefinition(row.definition, `definition ${version}`), version };
      known.set(version, table);
      return table;
    },
  };
}
