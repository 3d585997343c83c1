import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  type AcknowledgeResponse,
  type ForgetRequestSchema,
  type ForgetResponse,
  type MemorySchema,
  MemoryService,
  type MessageSchema,
  type RecallRequestSchema,
  type RecallResponse,
  type SendResponse,
  type StatsResponse,
  type SubscribeResponse,
} from '@codeoptima/contracts/memory';
import { type CallOptions, createClient } from '@codeoptima/rpc';

/** What to recall: the request without its caller. */
export type RecallQuery = Omit<MessageInitShape<typeof RecallRequestSchema>, 'caller' | '$typeName'>;
/** What to forget: ids, a filter, or everything. */
export type ForgetWhat = NonNullable<MessageInitShape<typeof ForgetRequestSchema>['what']>;

/** Who writes: the work item at hand and the epoch under which it was claimed. */
export interface WorkFence {
  item_id: string;
  epoch: bigint;
}

export interface MemoryOptions {
  /** `unix:/path` or `host:port` of the gateway. */
  address: string;
  token?: string;
  /** Usually the identity of the repository. */
  project: string;
  role: string;
  agent?: string;
  /** Deadline of calls that name none, default 5 s. */
  timeout_ms?: number;
}

/** The gateway as one caller sees it. Every method throws CodeOptimaError: `unavailable` when the memory is down, `stale_epoch`, `bad_input`. */
export interface MemoryClient {
  remember: (fence: WorkFence, memories: MessageInitShape<typeof MemorySchema>[], options?: CallOptions) => Promise<string[]>;
  /** Keeps copies of what a recall gave, with their age, their recalls and their agent. */
  restore: (fence: WorkFence, memories: MessageInitShape<typeof MemorySchema>[], options?: CallOptions) => Promise<string[]>;
  recall: (request: RecallQuery, options?: CallOptions) => Promise<RecallResponse>;
  forget: (fence: WorkFence, what: ForgetWhat, options?: CallOptions) => Promise<ForgetResponse>;
  send: (fence: WorkFence, message: MessageInitShape<typeof MessageSchema>, options?: CallOptions) => Promise<SendResponse>;
  /** Ends when the signal aborts, and throws when the connection breaks: subscribe again then. */
  subscribe: (topics?: string[], options?: CallOptions) => AsyncGenerator<SubscribeResponse>;
  acknowledge: (fence: WorkFence, message_id: string, options?: CallOptions) => Promise<AcknowledgeResponse>;
  stats: (options?: CallOptions) => Promise<StatsResponse>;
  close: () => void;
}

/** Connects lazily: an absent gateway is found at the first call. */
export const connectMemory = (options: MemoryOptions): MemoryClient => {
  const client = createClient(MemoryService, {
    address: options.address,
    timeout_ms: options.timeout_ms ?? 5_000,
    ...(options.token === undefined ? {} : { token: options.token }),
  });
  const caller = { project: options.project, role: options.role, agent: options.agent ?? '' };
  const stamp = ({ item_id, epoch }: WorkFence) => ({ itemId: item_id, epoch });
  return {
    remember: async (fence, memories, call) => (await client.remember({ caller, fence: stamp(fence), memories }, call)).ids,
    restore: async (fence, memories, call) =>
      (await client.remember({ caller, fence: stamp(fence), memories, keepHistory: true }, call)).ids,
    recall: (request, call) => client.recall({ ...request, caller }, call),
    forget: (fence, what, call) => client.forget({ caller, fence: stamp(fence), what }, call),
    send: (fence, message, call) => client.send({ caller, fence: stamp(fence), message }, call),
    subscribe: (topics = [], call) => client.subscribe({ caller, topics }, call),
    acknowledge: (fence, messageId, call) => client.acknowledge({ caller, fence: stamp(fence), messageId }, call),
    stats: (call) => client.stats({ caller }, call),
    close: client.close,
  };
};
