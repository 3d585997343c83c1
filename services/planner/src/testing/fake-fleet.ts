import type { Bus } from '@codeoptima/bus';
import { type WorkItem, WorkService } from '@codeoptima/contracts';
import { type Client, createClient } from '@codeoptima/rpc';
import { baselineReady, hotspotsFound, judged, proposed, reviewed } from '@codeoptima/workflow/testing';
import { setTimeout as sleep } from 'node:timers/promises';

export const SERVICES = ['builder', 'analyzer', 'refactorer', 'benchmark-runner', 'reviewer'];

/** What a fleet answers in which everything goes well: one candidate is certified, then nothing is left to propose. */
export function goodResult({ task, payloadJson }: WorkItem): unknown {
  const payload = JSON.parse(payloadJson) as { accepted?: unknown[] };
  const accepted = payload.accepted?.length ?? 0;
  if (task === 'baseline') return baselineReady;
  if (task === 'hotspots') return hotspotsFound;
  if (task === 'propose') return accepted === 0 ? proposed('c1', 'c2') : proposed();
  if (task === 'verify') return judged('certified');
  if (task === 'review') return reviewed(accepted > 0 ? 'codeoptima/merge' : null);
  return { merged: true, reason: 'the base branch points to it' };
}

export interface FakeFleet {
  /** Tasks in the order in which they were completed, as `task:epoch`. */
  completed: string[];
  stop: () => Promise<void>;
}

export interface FakeFleetOptions {
  result?: (item: WorkItem) => unknown;
  /** Claims only what it is waked for, instead of asking for anything that is due. */
  bus?: Bus;
}

/** Completes at once whatever it can claim. It outlives the planner: a call that fails is made again. */
export function startFakeFleet(address: string, { result = goodResult, bus }: FakeFleetOptions = {}): FakeFleet {
  const client = createClient(WorkService, { address });
  const completed: string[] = [];
  const stopping = new AbortController();
  const { signal } = stopping;
  const workers = SERVICES.map(async (service) => {
    const wakeUps = bus?.wakeUps(service);
    while (!signal.aborted) {
      const waked = await wakeUps?.next(1_000, signal);
      const item = wakeUps !== undefined && !waked ? null : await claim(client, service, waked?.wake_up.itemId ?? '');
      waked?.ack();
      if (item === null) {
        await sleep(20);
        continue;
      }
      const request = {
        itemId: item.itemId,
        epoch: item.epoch,
        resultJson: JSON.stringify(result(item)),
        usage: { costUsd: 0, ciMs: 60_000n },
      };
      while (!signal.aborted && !(await completes(client, request))) await sleep(50);
      completed.push(`${item.task}:${item.epoch}`);
    }
  });
  return {
    completed,
    stop: async () => {
      stopping.abort();
      await Promise.all(workers);
      client.close();
    },
  };
}

async function claim(client: Client<typeof WorkService>, service: string, itemId: string): Promise<WorkItem | null> {
  try {
    return (await client.claim({ itemId, service, incarnation: `fake-${service}` })).item ?? null;
  } catch {
    return null;
  }
}

/** True when the planner took it, or will never take it. */
async function completes(
  client: Client<typeof WorkService>,
  request: Parameters<Client<typeof WorkService>['complete']>[0],
): Promise<boolean> {
  try {
    await client.complete(request);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'stale_epoch';
  }
}
