import { CodeOptimaError } from '@codeoptima/contracts';
import type { RunEvent } from '@codeoptima/workflow';
import type { Pool } from 'pg';
import { guarded } from './store-error.ts';

export interface StoredEvent {
  version: number;
  recorded_at: Date;
  event: RunEvent;
}

/** More events than this and a run is broken: no workflow of ours comes near. */
export const EVENTS_PER_RUN_MAX = 10_000;

export interface EventLog {
  /** Events after a version, in order. */
  read: (run_id: string, after_version?: number, limit?: number) => Promise<StoredEvent[]>;
  /** Objects that runs speak of which have not ended, or have ended within the last `keep_ms`. */
  reachable: (keep_ms: number) => Promise<Set<string>>;
}

interface EventRow {
  version: number;
  type: string;
  data: Record<string, unknown>;
  recorded_at: Date;
}

const READ = {
  name: 'read-events',
  text: 'SELECT version, type, data, recorded_at FROM events WHERE run_id = $1 AND version > $2 ORDER BY version LIMIT $3',
};

const REACHABLE = `
  SELECT DISTINCT found.ref[1] AS ref FROM runs r JOIN events e USING (run_id)
  CROSS JOIN LATERAL regexp_matches(e.data::text, 'sha256:[0-9a-f]{64}', 'g') AS found(ref)
  WHERE NOT r.terminal OR r.updated_at > clock_timestamp() - $1 * interval '1 millisecond'`;

export function eventLog(pool: Pool): EventLog {
  return {
    read: async (run_id, after_version = 0, limit = EVENTS_PER_RUN_MAX + 1) => {
      const { rows } = await guarded(() => pool.query<EventRow>({ ...READ, values: [run_id, after_version, limit] }));
      if (rows.length > EVENTS_PER_RUN_MAX) {
        throw new CodeOptimaError('internal', `run ${run_id} has more than ${EVENTS_PER_RUN_MAX} events`, { ids: { run_id } });
      }
      return rows.map(({ version, type, data, recorded_at }) => ({ version, recorded_at, event: { type, ...data } as RunEvent }));
    },
    reachable: async (keep_ms) => {
      const { rows } = await guarded(() => pool.query<{ ref: string }>(REACHABLE, [keep_ms]));
      return new Set(rows.map(({ ref }) => ref));
    },
  };
}
