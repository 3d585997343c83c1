import type { ArtifactStore } from '@codeoptima/artifacts';
import type { Bus } from '@codeoptima/bus';
import type { ServedService } from '@codeoptima/rpc';
import type { Clock, Ids, Logger, Metrics } from '@codeoptima/service-kit';
import type { Store } from '@codeoptima/store';
import type { Table } from '@codeoptima/workflow';
import { createDecider, type Decider } from './decider.ts';
import { startLoops } from './loops.ts';
import { plannerMetrics } from './planner-metrics.ts';
import { createPublisher } from './publisher.ts';
import { createRunCache } from './run-cache.ts';
import { createRunHub } from './run-hub.ts';
import { runService } from './run-service.ts';
import { untilReleased } from './until-released.ts';
import { workService } from './work-service.ts';

export interface PlannerParts {
  store: Store;
  bus: Bus;
  metrics: Metrics;
  clock: Clock;
  ids: Ids;
  log: Logger;
  workflows: readonly Table[];
  artifacts: ArtifactStore;
  /** How long the objects of an ended run are kept. */
  keep_ms: number;
}

export interface Planner {
  services: ServedService[];
  decider: Decider;
  /** Waits for workers that were told to stop together with us and have `drain_ms` to give back what they hold. */
  released: (drain_ms: number) => Promise<void>;
  /** Ends the loops and sends what was decided. */
  stop: () => Promise<void>;
}

/** After the time that workers have to drain: how long what they give back may take to arrive. */
const RELEASE_MS = 2_000;

/** Wires the parts of a planner on a store and a bus. */
export async function createPlanner(parts: PlannerParts): Promise<Planner> {
  const { store, bus, metrics: registry, clock, ids, log, workflows, artifacts, keep_ms } = parts;
  for (const table of workflows) await store.definitions.save(table);
  const metrics = plannerMetrics(registry);
  metrics.fenced('before_start', await store.items.countFenced());
  const cache = createRunCache(store);
  const hub = createRunHub();
  const publisher = createPublisher(store, bus, log);
  const decider = createDecider({ store, cache, publisher, hub, metrics, clock, ids, log });
  const entry_states = [...new Set(workflows.map(({ definition }) => definition.entry))];
  const loops = startLoops({ store, bus, decider, publisher, metrics, log, entry_states, clock, artifacts, keep_ms });
  const by_name = new Map(workflows.map((table) => [table.definition.workflow, table]));
  hub.onSlot(loops.admission.kick);
  return {
    decider,
    services: [
      runService({ store, bus, cache, hub, decider, clock, workflows: by_name }),
      workService({ store, cache, decider, metrics, onDue: loops.reconciler.kick }),
    ],
    released: (drain_ms) => untilReleased(store.items, drain_ms + RELEASE_MS),
    stop: async () => {
      await loops.stop();
      await publisher.drain();
    },
  };
}
