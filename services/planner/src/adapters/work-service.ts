import { CodeOptimaError, type Usage, WorkService } from '@codeoptima/contracts';
import { type Implementation, type ServedService, service } from '@codeoptima/rpc';
import { faultPoint } from '@codeoptima/service-kit';
import type { Store } from '@codeoptima/store';
import type { TaskUsage } from '@codeoptima/workflow';
import { itemMessage, leaseMessage } from '../domain/wire.ts';
import type { BareCommand, Decider } from './decider.ts';
import type { PlannerMetrics } from './planner-metrics.ts';
import type { RunCache } from './run-cache.ts';

export interface WorkServiceParts {
  store: Store;
  cache: RunCache;
  decider: Decider;
  metrics: PlannerMetrics;
  /** An item is due again. */
  onDue: () => void;
}

interface Held {
  itemId: string;
  epoch: bigint;
}

type Operation = 'complete' | 'fail' | 'release';
const receiptOf = (operation: Operation, { itemId, epoch }: Held): string => `${operation}:${itemId}:${epoch}`;

const usageOf = (usage: Usage | undefined): TaskUsage => ({
  usd: finite(usage?.costUsd ?? 0),
  ci_minutes: finite(Number(usage?.ciMs ?? 0n) / 60_000),
});
const finite = (value: number): number => (Number.isFinite(value) ? value : 0);

/** A result that is no JSON counts as one that breaks its contract. */
function parseResult(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** What workers ask: claim, and then everything under the epoch of the claim. */
export function workService(parts: WorkServiceParts): ServedService {
  const { store, cache, decider, metrics, onDue } = parts;

  /** Refuses and counts a write of a passed epoch; true when it is a write that was done before, whose answer was lost. */
  const doneBefore = async (operation: Operation, held: Held): Promise<boolean> => {
    if (await store.inbox.has(receiptOf(operation, held))) return true;
    await store.items.recordFenced(held.itemId, Number(held.epoch), operation);
    metrics.fenced(operation);
    return false;
  };

  const write = async (operation: 'complete' | 'fail', held: Held, command: BareCommand): Promise<void> => {
    const run_id = await cache.runOfItem(held.itemId);
    if (run_id === null) throw new CodeOptimaError('not_found', `there is no item '${held.itemId}'`, { ids: { item_id: held.itemId } });
    try {
      await decider.command(run_id, command, { item_id: held.itemId, epoch: Number(held.epoch), receipt: receiptOf(operation, held) });
    } catch (error) {
      if (!(error instanceof CodeOptimaError) || error.code !== 'stale_epoch') throw error;
      if (!(await doneBefore(operation, held))) throw error;
    }
  };

  const implementation: Implementation<typeof WorkService> = {
    claim: async ({ service: name, itemId, incarnation }) => {
      if (name === '' || incarnation === '') throw new CodeOptimaError('bad_input', 'a claim names its service and its incarnation');
      const item = await store.items.claim(name, itemId, incarnation);
      faultPoint('planner.after_claim');
      return item === null ? {} : { item: itemMessage(item) };
    },
    complete: async (request) => {
      const { itemId: item_id, epoch } = request;
      const result = parseResult(request.resultJson);
      await write('complete', request, { type: 'complete', item_id, epoch: Number(epoch), result, usage: usageOf(request.usage) });
      faultPoint('planner.before_reply');
      return {};
    },
    fail: async (request) => {
      const { itemId: item_id, code, message, retryable } = request;
      const usage = usageOf(request.usage);
      await write('fail', request, { type: 'fail', item_id, epoch: Number(request.epoch), code, message, retryable, usage });
      return { willRetry: (await store.items.find(item_id))?.status === 'ready' };
    },
    release: async (request) => {
      const released = await store.items.release(request.itemId, Number(request.epoch), receiptOf('release', request));
      if (!released && !(await doneBefore('release', request))) {
        const message = `epoch ${request.epoch} of item ${request.itemId} has passed; nothing was changed`;
        throw new CodeOptimaError('stale_epoch', message, { ids: { item_id: request.itemId } });
      }
      onDue();
      return {};
    },
    expireLease: async ({ itemId: item_id, epoch, verdict, reason }) => {
      const run_id = await cache.runOfItem(item_id);
      if (run_id === null) throw new CodeOptimaError('not_found', `there is no item '${item_id}'`, { ids: { item_id } });
      const command: BareCommand = { type: 'expire', item_id, epoch: Number(epoch), verdict, reason };
      let expired = false;
      try {
        expired = (await decider.command(run_id, command, { item_id, epoch: Number(epoch) })).events.length > 0;
      } catch (error) {
        if (!(error instanceof CodeOptimaError) || error.code !== 'stale_epoch') throw error;
      }
      const now = await store.items.find(item_id);
      return { expired, newEpoch: BigInt(now?.epoch ?? 0) };
    },
    listLeases: async () => ({ leases: (await store.items.leases()).map(leaseMessage) }),
  };
  return service(WorkService, implementation);
}
