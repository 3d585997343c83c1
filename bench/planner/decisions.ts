import { join } from 'node:path';
import { openDirectoryStore } from '@codeoptima/artifacts';
import { connectBus } from '@codeoptima/bus';
import { createLogger, createMetrics, systemClock, systemIds } from '@codeoptima/service-kit';
import { openStore } from '@codeoptima/store';
import { loadWorkflow } from '@codeoptima/workflow';
import { request } from '@codeoptima/workflow/testing';
import { createPlanner } from '../../services/planner/src/adapters/planner.ts';
import type { BenchFleet } from './fleet.ts';

/**
 * Decisions per second of a whole planner in this process, its loops running and every fact published to the bus: sixteen clients take
 * runs from submission over the start to a cancel. The figure of each whole second.
 */
export async function measureDecisions(fleet: BenchFleet, clients: number, seconds: number): Promise<number[]> {
  const table = loadWorkflow('optimize');
  const store = await openStore({ url: fleet.postgres_url, connections: clients + 4 });
  const bus = await connectBus({ url: fleet.nats_url, name: 'bench' });
  const parts = { store, bus, metrics: createMetrics('bench'), clock: systemClock, ids: systemIds, log: createLogger('bench', 'silent') };
  const artifacts = await openDirectoryStore(join(fleet.data_dir, 'objects'));
  const planner = await createPlanner({ ...parts, workflows: [table], artifacts, keep_ms: 3_600_000 });
  const per_s = Array.from({ length: seconds }, () => 0);
  const started = performance.now() + 1_000;
  const count = (decisions: number): void => {
    const second = Math.floor((performance.now() - started) / 1000);
    if (second >= 0 && second < seconds) per_s[second] = (per_s[second] ?? 0) + decisions;
  };
  const drive = async (): Promise<void> => {
    while (performance.now() - started < seconds * 1000) {
      const { run_id } = await planner.decider.submit({ table, request: request(), idempotency_key: '', traceparent: '' });
      count(1);
      // Admission may have been faster; then nothing is left to decide, and it is not counted.
      const start = await planner.decider.command(run_id, { type: 'start', facts: { rolling_mean_pct: null } });
      count(start.events.length > 0 ? 1 : 0);
      await planner.decider.command(run_id, { type: 'signal', name: 'cancel', actor: 'bench', reason: 'enough', data: {} });
      count(1);
    }
  };
  await Promise.all(Array.from({ length: clients }, drive));
  await planner.stop();
  await bus.close();
  await store.close();
  return per_s;
}
