import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, type Store } from '@codeoptima/store';
import { eventually } from '@codeoptima/testkit';
import { checkLog, fold, loadWorkflow, projectionOf } from '@codeoptima/workflow';

const table = loadWorkflow('optimize');

/** Reads the truth of a running fleet past its services. */
export async function withStore<T>(data_dir: string, look: (store: Store) => Promise<T>): Promise<T> {
  const { postgres_url } = JSON.parse(readFileSync(join(data_dir, 'fleet.json'), 'utf8')) as { postgres_url: string };
  const store = await openStore({ url: postgres_url, connections: 2 });
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}

/**
 * What must hold of a run that has ended or waits for a person, whatever happened to the fleet: its log keeps the rules (versions
 * without a gap, one end, legal steps), folds to what the table of runs says, no work item took effect twice, nothing is leased any more,
 * and everything was told.
 */
export async function assertSound(data_dir: string, run_id: string, state: string): Promise<void> {
  await withStore(data_dir, async (store) => {
    const log = await store.events.read(run_id);
    assert.deepEqual(checkLog(table, log), []);
    assert.deepEqual(
      log.map(({ version }) => version),
      log.map((_, index) => index + 1),
    );
    const events = log.map(({ event }) => event);
    const { created_at: _created, updated_at: _updated, ...row } = await store.runs.find(run_id);
    assert.deepEqual(row, projectionOf(table, fold(table, events)));
    assert.equal(row.state, state);
    assert.equal(events.filter(({ type }) => type === 'RunEnded').length, state === 'awaiting_signoff' ? 0 : 1);
    const completed = events.flatMap((event) => (event.type === 'TaskCompleted' ? [event.item_id] : []));
    assert.equal(new Set(completed).size, completed.length, 'a work item took effect twice');
    const leases = await store.items.leases();
    assert.deepEqual(
      leases.filter((lease) => lease.run_id === run_id),
      [],
    );
    await eventually(async () => assert.equal((await store.outbox.lag()).rows, 0));
  });
}
