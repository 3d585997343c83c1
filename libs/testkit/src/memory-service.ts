import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { CodeOptimaError } from '@codeoptima/contracts';
import {
  type Caller,
  type Code,
  Language,
  type Memory,
  type MemoryFilter,
  MemorySchema,
  MemoryService,
  type RecallRequest,
  Visibility,
} from '@codeoptima/contracts/memory';
import { combine, embed } from '@codeoptima/embedding';
import { type RpcServer, serve, service } from '@codeoptima/rpc';

const LANGUAGES = { [Language.JS]: 'js', [Language.TS]: 'ts', [Language.PYTHON]: 'python', [Language.CPP]: 'cpp' } as const;

interface Kept {
  memory: Memory;
  vector: Float32Array;
}

/**
 * The memory's contract over gRPC with everything in this process and brute force behind it: likeness is the real embedding's, writes are
 * fenced and projects kept apart as the gateway does. For tests of those who use a memory; it keeps no messages.
 */
export class MemoryServer {
  readonly memories = new Map<string, Kept>();
  readonly #epochs = new Map<string, bigint>();
  #server: RpcServer | null = null;

  /** `address` as `unix:/path` in a private folder. */
  static async start(address: string): Promise<MemoryServer> {
    const started = new MemoryServer();
    started.#server = await serve({ address, services: [service(MemoryService, started.#implementation())] });
    return started;
  }

  get address(): string {
    return this.#server?.address ?? '';
  }

  stop(): Promise<void> {
    return this.#server?.stop(100) ?? Promise.resolve();
  }

  #implementation(): Parameters<typeof service<typeof MemoryService>>[1] {
    const none = async (): Promise<never> => {
      throw new CodeOptimaError('bad_input', 'this memory keeps no messages.');
    };
    return {
      remember: async ({ caller, fence, memories, keepHistory }) => {
        this.#guard(fence);
        for (const memory of memories) this.#keep(memory, caller, keepHistory);
        return { ids: memories.map(({ id }) => id) };
      },
      recall: async (request) => this.#recall(request),
      forget: async ({ caller, fence, what }) => {
        this.#guard(fence);
        const doomed = [...this.memories.values()].filter(
          ({ memory }) =>
            memory.project === caller?.project &&
            (what.case === 'everything' ||
              (what.case === 'ids' && what.value.ids.includes(memory.id)) ||
              (what.case === 'filter' && passes(memory, what.value))),
        );
        for (const { memory } of doomed) this.memories.delete(memory.id);
        return { forgotten: BigInt(doomed.length) };
      },
      stats: async () => ({ tiers: [], messages: 0n }),
      send: none,
      acknowledge: none,
      subscribe: async function* () {
        yield await none();
      },
    };
  }

  #guard(fence: { itemId: string; epoch: bigint } | undefined): void {
    const { itemId = '', epoch = 0n } = fence ?? {};
    if (itemId === '' || epoch < 1n) throw new CodeOptimaError('bad_input', 'a write needs a work item and an epoch of 1 or more.');
    if (epoch < (this.#epochs.get(itemId) ?? 0n)) throw new CodeOptimaError('stale_epoch', `${itemId} was claimed again since.`);
    this.#epochs.set(itemId, epoch);
  }

  #keep(memory: Memory, caller: Caller | undefined, keeps_history: boolean): void {
    const known = this.memories.get(memory.id);
    if (known && known.memory.project !== caller?.project)
      throw new CodeOptimaError('bad_input', `${memory.id} belongs to another project.`);
    const now = timestampFromMs(Date.now());
    const kept = create(MemorySchema, {
      ...memory,
      project: caller?.project ?? '',
      role: caller?.role ?? '',
      createdAt: (keeps_history ? memory.createdAt : undefined) ?? now,
      updatedAt: (keeps_history ? memory.updatedAt : undefined) ?? now,
    });
    this.memories.set(memory.id, { memory: kept, vector: vectorOf(memory.code) });
  }

  #recall({ caller, query, filter, limit, scoreAtLeast, includeShared }: RecallRequest): {
    results: MessageInitShape<typeof import('@codeoptima/contracts/memory').RecalledSchema>[];
    nextPageToken: string;
  } {
    const visible = [...this.memories.values()].filter(
      ({ memory }) => memory.project === caller?.project || (includeShared && memory.visibility === Visibility.SHARED),
    );
    const ids = query.case === 'ids' ? new Set(query.value.ids) : null;
    const wanted = query.case === 'code' ? vectorOf(query.value) : null;
    const results = visible
      .filter(({ memory }) => (ids === null || ids.has(memory.id)) && (!filter || passes(memory, filter)))
      .map(({ memory, vector }) => ({ memory, score: wanted === null ? 0 : dot(wanted, vector) }))
      .filter(({ score }) => scoreAtLeast === undefined || wanted === null || score >= scoreAtLeast)
      .sort((a, b) => b.score - a.score || (a.memory.id < b.memory.id ? -1 : 1))
      .slice(0, limit === 0 ? 10 : limit);
    return { results, nextPageToken: '' };
  }
}

const vectorOf = (code: Code | undefined): Float32Array => {
  const language = LANGUAGES[(code?.language ?? 0) as keyof typeof LANGUAGES] ?? 'js';
  return combine(embed({ source: code?.source ?? '', language, context: { path: code?.path ?? '' } }));
};

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

function passes(memory: Memory, { kinds, statuses, data }: MemoryFilter): boolean {
  const equal = Object.entries(data).every(([field, { kind }]) => memory.data?.[field] === kind.value);
  return equal && (kinds.length === 0 || kinds.includes(memory.kind)) && (statuses.length === 0 || statuses.includes(memory.status));
}
