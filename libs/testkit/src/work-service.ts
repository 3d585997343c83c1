import { join } from 'node:path';
import { type CompleteRequest, CodeOptimaError, type FailRequest, WorkService } from '@codeoptima/contracts';
import { type RpcServer, serve, service } from '@codeoptima/rpc';

/** A work item in memory, with the fencing rules of the contract. */
export interface TestItem {
  item_id: string;
  run_id: string;
  task: string;
  service: string;
  payload_json: string;
  traceparent?: string;
  deadline_ms?: number;
  status: 'due' | 'leased' | 'completed' | 'failed';
  epoch: bigint;
  attempt: number;
  incarnation: string;
  completed: CompleteRequest | null;
  failed: FailRequest[];
  expired: { epoch: bigint; verdict: string }[];
  released: number;
}

export interface TestPlanner {
  address: string;
  items: Map<string, TestItem>;
  /** Writes refused for a stale epoch. */
  fenced: number;
  /** Claims that were answered with nothing. */
  empty_claims: number;
  add: (item: Pick<TestItem, 'item_id' | 'task' | 'service' | 'payload_json'> & Partial<TestItem>) => TestItem;
  stop: () => Promise<void>;
  /** Serves again at the same address, with the same items. */
  start: () => Promise<void>;
}

const toWire = (item: TestItem) => ({
  itemId: item.item_id,
  runId: item.run_id,
  task: item.task,
  service: item.service,
  epoch: item.epoch,
  attempt: item.attempt,
  payloadJson: item.payload_json,
  traceparent: item.traceparent ?? '',
  ...(item.deadline_ms === undefined
    ? {}
    : { deadline: { seconds: BigInt(Math.floor(item.deadline_ms / 1_000)), nanos: (item.deadline_ms % 1_000) * 1_000_000 } }),
});

const implement = (planner: TestPlanner) => {
  const held = (item_id: string, epoch: bigint): TestItem => {
    const item = planner.items.get(item_id);
    if (!item) throw new CodeOptimaError('not_found', `no item ${item_id}`);
    if (item.epoch === epoch && item.status === 'leased') return item;
    planner.fenced += 1;
    throw new CodeOptimaError('stale_epoch', `epoch ${epoch} of ${item_id} is over`);
  };
  return service(WorkService, {
    claim: async (request) => {
      const item = [...planner.items.values()].find(({ status, service }) => status === 'due' && service === request.service);
      if (!item) {
        planner.empty_claims += 1;
        return {};
      }
      Object.assign(item, { status: 'leased', epoch: item.epoch + 1n, attempt: item.attempt + 1, incarnation: request.incarnation });
      return { item: toWire(item) };
    },
    complete: async (request) => {
      const item = planner.items.get(request.itemId);
      if (item?.status === 'completed' && item.epoch === request.epoch) return {};
      Object.assign(held(request.itemId, request.epoch), { status: 'completed', completed: request });
      return {};
    },
    fail: async (request) => {
      const item = held(request.itemId, request.epoch);
      item.failed.push(request);
      item.status = request.retryable ? 'due' : 'failed';
      return { willRetry: request.retryable };
    },
    release: async (request) => {
      const item = held(request.itemId, request.epoch);
      Object.assign(item, { status: 'due', attempt: item.attempt - 1, released: item.released + 1 });
      return {};
    },
    expireLease: async (request) => {
      const item = planner.items.get(request.itemId);
      if (item?.status !== 'leased' || item.epoch !== request.epoch) return { expired: false, newEpoch: item?.epoch ?? 0n };
      item.expired.push({ epoch: request.epoch, verdict: request.verdict });
      Object.assign(item, { status: 'due', epoch: item.epoch + 1n });
      return { expired: true, newEpoch: item.epoch };
    },
    listLeases: async () => ({
      leases: [...planner.items.values()]
        .filter(({ status }) => status === 'leased')
        .map((item) => ({
          itemId: item.item_id,
          runId: item.run_id,
          service: item.service,
          incarnation: item.incarnation,
          epoch: item.epoch,
        })),
    }),
  });
};

/** The planner's work service over real gRPC with its items in memory, for tests of those who call it. */
export const startPlanner = async (folder: string): Promise<TestPlanner> => {
  const address = `unix:${join(folder, 'planner.sock')}`;
  let server: RpcServer | null = null;
  const planner: TestPlanner = {
    address,
    items: new Map(),
    fenced: 0,
    empty_claims: 0,
    add: (item) => {
      const state = {
        status: 'due',
        epoch: 0n,
        attempt: 0,
        incarnation: '',
        completed: null,
        failed: [],
        expired: [],
        released: 0,
      } as const;
      const added: TestItem = { run_id: 'run', ...structuredClone(state), failed: [], expired: [], ...item };
      planner.items.set(item.item_id, added);
      return added;
    },
    stop: async () => {
      await server?.stop(0);
      server = null;
    },
    start: async () => {
      server = await serve({ address, services: [implement(planner)] });
    },
  };
  await planner.start();
  return planner;
};
