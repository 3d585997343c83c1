import type { ArtifactStore } from '@codeoptima/artifacts';
import type { Bus } from '@codeoptima/bus';
import { CodeOptimaError } from '@codeoptima/contracts';
import type { Clock, Logger } from '@codeoptima/service-kit';
import type { Store } from '@codeoptima/store';
import { collectObjects } from './collect-objects.ts';
import type { Decider } from './decider.ts';
import { type Loop, startLoop } from './loop.ts';
import type { PlannerMetrics } from './planner-metrics.ts';
import type { Publisher } from './publisher.ts';

export interface LoopParts {
  store: Store;
  bus: Bus;
  decider: Decider;
  publisher: Publisher;
  metrics: PlannerMetrics;
  log: Logger;
  clock: Clock;
  artifacts: ArtifactStore;
  keep_ms: number;
  /** States of runs that wait for a slot. */
  entry_states: readonly string[];
}

export interface Loops {
  admission: Loop;
  /** Wakes due items that nobody has taken. */
  reconciler: Loop;
  stop: () => Promise<void>;
}

/** An attempt that ends in time has reported by now; a worker that hangs and still beats has not. */
const OVERDUE_GRACE_MS = 30_000;
const PRUNE_AFTER_MS = 3_600_000;

/** Everything that has to happen though nobody calls: nothing of it runs only at the start, so nothing is stranded by an outage. */
export function startLoops(parts: LoopParts): Loops {
  const { store, bus, log, publisher, metrics } = parts;
  const admission = startLoop('admission', 1_000, log, async () => void (await store.exclusively('admission', () => admit(parts))));
  const reconciler = startLoop('reconciler', 1_000, log, () => wakeUnheard(parts));
  const others = [
    startLoop('relay', 1_000, log, async () => {
      while ((await publisher.relay()) > 0);
    }),
    startLoop('timers', 250, log, () => fireTimers(parts)),
    startLoop('overdue', 5_000, log, () => expireOverdue(parts)),
    // A store that was wiped under a running server is noticed here.
    startLoop('streams', 5_000, log, async () => {
      if (bus.isConnected()) await bus.ensureStreams();
    }),
    startLoop('figures', 5_000, log, async () => {
      const { rows, oldest_ms } = await store.outbox.lag();
      metrics.lag(rows, oldest_ms);
      metrics.activeRuns(await store.runs.countByState());
    }),
    startLoop('pruning', 600_000, log, () => store.outbox.prune(PRUNE_AFTER_MS)),
    // A fleet that was started for one run has a minute for it too, but not while it starts.
    startLoop('collection', 3_600_000, log, () => collectObjects(parts), 60_000),
  ];
  const unsubscribe = bus.onConnection((connected) => {
    if (!connected) return;
    // The server may have lost what it had: everything that is due is told again.
    store.items
      .forgetWakeUps()
      .then(reconciler.kick)
      .catch((error: unknown) => log.warn({ err: error }, 'wake-ups could not be repeated'));
  });
  return {
    admission,
    reconciler,
    stop: async () => {
      unsubscribe();
      await Promise.all([admission, reconciler, ...others].map((loop) => loop.stop()));
    },
  };
}

/** Starts waiting runs, the oldest first, as long as fewer run than each of them allows. */
async function admit({ store, decider, log, entry_states }: LoopParts): Promise<void> {
  const waiting = await store.runs.waiting(entry_states);
  if (waiting.length === 0) return;
  let busy = await store.runs.countSlots();
  for (const { run_id, repository, max_concurrency } of waiting) {
    if (busy >= max_concurrency) continue;
    try {
      const { events } = await decider.command(run_id, { type: 'start', facts: await store.runs.facts(repository) });
      if (events.length > 0) busy += 1;
    } catch (error) {
      log.warn({ err: error, job_id: run_id }, 'a waiting run could not be started');
    }
  }
}

async function wakeUnheard({ store, bus }: LoopParts): Promise<void> {
  if (!bus.isConnected()) return;
  const items = await store.items.takeUnheard(200);
  await Promise.all(
    items.map(({ item_id, run_id, service, epoch, wakeups, traceparent }) =>
      bus.publishWakeUp({ itemId: item_id, service, runId: run_id }, { message_id: `${item_id}:${epoch}:${wakeups}`, traceparent }),
    ),
  );
}

async function fireTimers({ store, decider, log }: LoopParts): Promise<void> {
  for (const timer of await store.timers.due(50)) {
    try {
      const { events } = await decider.command(timer.run_id, { type: 'fire_timer', name: timer.name, generation: timer.generation });
      if (events.length === 0) await store.timers.drop(timer);
    } catch (error) {
      log.warn({ err: error, job_id: timer.run_id, timer: timer.name }, 'a timer could not be fired');
    }
  }
}

async function expireOverdue({ store, decider, log }: LoopParts): Promise<void> {
  for (const { item_id, run_id, epoch } of await store.items.overdue(OVERDUE_GRACE_MS)) {
    const reason = 'the attempt outlived its limit';
    try {
      await decider.command(run_id, { type: 'expire', item_id, epoch, verdict: 'overdue', reason }, { item_id, epoch });
      log.warn({ job_id: run_id, item_id, epoch }, reason);
    } catch (error) {
      // Stale: its worker has ended it in the meantime. Any other trouble of one run must not spare the attempts of the others.
      if (error instanceof CodeOptimaError && error.code === 'stale_epoch') continue;
      log.warn({ err: error, job_id: run_id, item_id }, 'an overdue attempt could not be ended');
    }
  }
}
