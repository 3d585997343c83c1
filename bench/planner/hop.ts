import { setTimeout as sleep } from 'node:timers/promises';
import { connectBus } from '@codeoptima/bus';
import { RunService, type WorkItem, WorkService } from '@codeoptima/contracts';
import { createClient } from '@codeoptima/rpc';
import { baselineReady, hotspotsFound, judged, proposed, request, reviewed } from '@codeoptima/workflow/testing';
import type { BenchFleet } from './fleet.ts';

const SERVICES = ['builder', 'analyzer', 'refactorer', 'benchmark-runner', 'reviewer'];

/** A run that never proves anything and so has the most hops: 50 iterations of one proposal and five verdicts. */
const LONG = { limits: { max_iterations: 50, patches_per_iteration: 5, misses_in_a_row: 50 }, budget: { max_concurrency: 64 } };

export function longResult(item: WorkItem, serial: () => number): unknown {
  if (item.task === 'baseline') return baselineReady;
  if (item.task === 'hotspots') return hotspotsFound;
  if (item.task === 'propose') return proposed(...Array.from({ length: 5 }, () => `c${serial()}`));
  if (item.task === 'verify') return judged('refused');
  return reviewed(null);
}

export const longRequest = (name: string): string => JSON.stringify({ ...request(LONG), repository: `/srv/${name}` });

/**
 * Milliseconds from the call that completes an item to the answer that hands out the run's next one: commit, outbox, wake-up over the
 * bus, claim, commit. One run, idle machine apart from it; the first ten are warm-up.
 */
export async function measureHops(fleet: BenchFleet, hops: number): Promise<number[]> {
  const bus = await connectBus({ url: fleet.nats_url, name: 'bench' });
  const runs = createClient(RunService, { address: fleet.address });
  const work = createClient(WorkService, { address: fleet.address });
  const stop = new AbortController();
  const samples_ms: number[] = [];
  let completed_at: number | null = null;
  let serial = 0;
  const loop = async (service: string): Promise<void> => {
    const wakeUps = bus.wakeUps(service);
    while (!stop.signal.aborted) {
      const waked = await wakeUps.next(5_000, stop.signal);
      if (waked === null) continue;
      const { item } = await work.claim({ itemId: waked.wake_up.itemId, service, incarnation: `bench-${service}` });
      if (item !== undefined && completed_at !== null) samples_ms.push(performance.now() - completed_at);
      waked.ack();
      if (samples_ms.length >= hops + 10) stop.abort();
      if (item === undefined) continue;
      const resultJson = JSON.stringify(longResult(item, () => (serial += 1)));
      completed_at = performance.now();
      await work.complete({ itemId: item.itemId, epoch: item.epoch, resultJson });
    }
  };
  const loops = SERVICES.map(loop);
  while (!stop.signal.aborted) {
    completed_at = null;
    const { run } = await runs.submitRun({ workflow: 'optimize', requestJson: longRequest(`hop-${(serial += 1)}`) });
    while (!stop.signal.aborted && (await runs.getRun({ runId: run?.runId ?? '' })).run?.terminal === false) await sleep(500);
  }
  await Promise.all(loops);
  runs.close();
  work.close();
  await bus.close();
  return samples_ms.slice(10);
}
