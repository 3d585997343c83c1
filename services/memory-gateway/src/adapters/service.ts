import { CodeOptimaError } from '@codeoptima/contracts';
import { MemoryService } from '@codeoptima/contracts/memory';
import { type CallContext, type ServedService, service } from '@codeoptima/rpc';
import { timestamp, tierOf } from '../domain/answer.ts';
import { visible } from '../domain/conditions.ts';
import { TIERS } from '../domain/record.ts';
import { checkGrants, type Grant, grantsOf, type Scope, scopeOf } from '../domain/scope.ts';
import { type Fences, stampOf } from './fences.ts';
import type { Mailbox } from './mailbox.ts';
import type { Memories } from './memories.ts';
import type { TierStore } from './store.ts';
import type { Tending } from './tending.ts';

export interface MemoryServiceOptions {
  memories: Memories;
  mailbox: Mailbox;
  fences: Fences;
  store: TierStore;
  tending: Tending;
  grants: readonly Grant[] | null;
  backend: string;
  embedding_version: string;
  now_ms: () => number;
}

type CallerField = Parameters<typeof scopeOf>[0];

/** `memory.v1`: who calls is settled here, before anything is read or written. */
export const memoryService = (o: MemoryServiceOptions): ServedService => {
  const scoped = (caller: CallerField, call: CallContext): Scope => {
    const scope = scopeOf(caller);
    if (o.grants === null) return scope;
    const grants = grantsOf(o.grants, call.bearer);
    if (grants.length === 0) throw new CodeOptimaError('unauthenticated', 'the call carries no token that is granted anything here.');
    checkGrants(grants, scope);
    return scope;
  };
  return service(MemoryService, {
    remember: async (request, call) => {
      const scope = scoped(request.caller, call);
      return { ids: await o.memories.remember(scope, stampOf(scope.project, request.fence), request) };
    },
    recall: (request, call) => o.memories.recall(scoped(request.caller, call), request),
    forget: async (request, call) => {
      const scope = scoped(request.caller, call);
      return { forgotten: BigInt(await o.memories.forget(scope, stampOf(scope.project, request.fence), request)) };
    },
    send: async (request, call) => {
      const scope = scoped(request.caller, call);
      const letter = await o.mailbox.send(scope, stampOf(scope.project, request.fence), request.message);
      return { id: letter.id, expiresAt: timestamp(letter.expires_at_ms) };
    },
    subscribe: (request, call) => o.mailbox.subscribe(scoped(request.caller, call), request.topics, call.signal),
    acknowledge: async (request, call) => {
      const scope = scoped(request.caller, call);
      return { settled: await o.mailbox.acknowledge(scope, stampOf(scope.project, request.fence), request.messageId) };
    },
    stats: async (request, call) => {
      const scope = scoped(request.caller, call);
      await o.store.ready();
      const filter = visible({ scope, include_shared: false, filter: undefined, now_ms: o.now_ms() });
      const tiers = await Promise.all(
        TIERS.map(async (tier) => ({ tier: tierOf(tier), memories: BigInt(await o.store.count(tier, filter)) })),
      );
      return {
        tiers,
        messages: BigInt(o.mailbox.waiting(scope.project)),
        embeddingVersion: o.embedding_version,
        toReembed: BigInt(o.tending.to_reembed),
        staleRefused: BigInt(o.fences.refused),
        backend: o.backend,
      };
    },
  });
};
