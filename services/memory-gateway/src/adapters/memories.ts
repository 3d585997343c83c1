import type { MessageInitShape } from '@bufbuild/protobuf';
import { CodeOptimaError } from '@codeoptima/contracts';
import type { ForgetRequest, RecalledSchema, RecallRequest, RecallResponseSchema, RememberRequest } from '@codeoptima/contracts/memory';
import { answerOf } from '../domain/answer.ts';
import { type Filter, isAt, isEmpty, visible } from '../domain/conditions.ts';
import { placeOf, uuid } from '../domain/identity.ts';
import type { TierPolicy } from '../domain/policy.ts';
import { type MemoryRecord, type Placed, TIERS } from '../domain/record.ts';
import { placedOf, tierName } from '../domain/remembered.ts';
import { mayChange, mayRead, type Scope } from '../domain/scope.ts';
import type { Embedder } from './embedder.ts';
import type { FenceStamp, Fences } from './fences.ts';
import { type KeyedLock, REEMBEDDING } from './keyed-lock.ts';
import { Recall } from './recall.ts';
import type { Kept, TierStore } from './store.ts';

export interface MemoriesOptions {
  store: TierStore;
  fences: Fences;
  embedder: Embedder;
  policy: TierPolicy;
  lock: KeyedLock;
  now_ms: () => number;
}

const REMEMBER_MAX = 256;
const IDS_MAX = 1_000;

const wrong = (sentence: string): never => {
  throw new CodeOptimaError('bad_input', sentence);
};

export const idList = (ids: readonly string[]): string[] => {
  if (ids.length === 0 || ids.length > IDS_MAX) wrong(`${ids.length} ids were given; 1 to ${IDS_MAX} are taken.`);
  return ids.map((id) => uuid(id, 'id'));
};

/** Remember, recall and forget, for callers whose scope is known. */
export class Memories {
  /** Counts what recalls found, until the sweep writes it down. */
  readonly recalls: Recall;
  readonly #o: MemoriesOptions;

  constructor(options: MemoriesOptions) {
    this.#o = options;
    this.recalls = new Recall(options);
  }

  async remember(scope: Scope, stamp: FenceStamp, { memories, keepHistory }: RememberRequest): Promise<string[]> {
    if (memories.length === 0 || memories.length > REMEMBER_MAX)
      wrong(`${memories.length} memories were given; 1 to ${REMEMBER_MAX} are taken in one call.`);
    const { store, embedder, policy, now_ms } = this.#o;
    const defaults = { now_ms: now_ms(), hot_ttl_ms: policy.hot_ttl_ms, embedding_version: embedder.version };
    // The last of two with one id counts, as if they had come one after the other.
    const all = memories.map((memory) => placedOf(memory, scope, defaults, keepHistory));
    const placed = new Map(all.map((each) => [each.record.id, each]));
    await store.ready();
    const vectors = await embedder.embed([...placed.values()].map(({ record }) => record));
    const kept = [...placed.values()].map((each, index): Kept => ({ ...each, vectors: vectors[index] ?? {} }));
    const places = kept.map(({ record }) => placeOf(record.project, record.id));
    await this.#o.fences.guard(stamp, () =>
      this.#o.lock.run(places, async () => {
        const before = await store.get(places, false);
        // An id of the caller's choice may be one that waits for the present embedding.
        if (memories.some(({ id }) => id !== '')) for (const record of await store.getOld(places)) this.#checkOwner(record, scope);
        await store.put(kept.map((each, index) => this.#continued(each, before.get(places[index] ?? ''), scope, keepHistory)));
      }),
    );
    return all.map(({ record }) => record.id);
  }

  /** A memory that was there keeps its age and its recalls, unless what comes has a history of its own. */
  #continued(kept: Kept, before: Placed | undefined, scope: Scope, keeps_history: boolean): Kept {
    if (!before) return kept;
    this.#checkOwner(before.record, scope);
    if (keeps_history) return kept;
    const { created_at_ms, recalls, recalled_at_ms } = before.record;
    return { ...kept, record: { ...kept.record, created_at_ms, recalls, recalled_at_ms } };
  }

  #checkOwner(record: MemoryRecord, scope: Scope): void {
    if (mayChange(record, scope)) return;
    throw new CodeOptimaError('conflict', `the id ${record.id} is taken in project ${scope.project}.`, { ids: { id: record.id } });
  }

  async recall(scope: Scope, request: RecallRequest): Promise<MessageInitShape<typeof RecallResponseSchema>> {
    const limit = request.limit === 0 ? 10 : request.limit;
    if (limit < 1 || limit > 200) wrong(`limit ${request.limit} is not between 1 and 200.`);
    if (Number.isNaN(request.scoreAtLeast)) wrong('score_at_least must be a number.');
    if (!(request.recencyHalfLifeS >= 0)) wrong('recency_half_life_s must be 0 or more.');
    const tiers = request.tiers.length === 0 ? TIERS : [...new Set(request.tiers.map((tier) => tierName(tier, 'hot')))];
    await this.#o.store.ready();
    if (request.query.case === 'ids') return { results: await this.#byIds(scope, request, idList(request.query.value.ids)) };
    if (request.query.case === undefined) return await this.recalls.list(scope, request, tiers, limit);
    return { results: await this.recalls.near(scope, request, tiers, limit) };
  }

  async #byIds(scope: Scope, request: RecallRequest, ids: string[]): Promise<MessageInitShape<typeof RecalledSchema>[]> {
    const now_ms = this.#o.now_ms();
    const tiers = request.tiers.length === 0 ? TIERS : request.tiers.map((tier) => tierName(tier, 'hot'));
    const found = await this.#o.store.get(
      ids.map((id) => placeOf(scope.project, id)),
      false,
      tiers,
    );
    const own = [...found.values()].filter(({ record }) => mayRead(record, scope, false));
    const lacking = ids.filter((id) => !own.some(({ record }) => record.id === id));
    const shared = request.includeShared && lacking.length > 0 ? await this.recalls.shared(scope, lacking, tiers) : [];
    return [...own, ...shared]
      .filter(({ record }) => record.expires_at_ms === 0 || record.expires_at_ms > now_ms)
      .sort((a, b) => ids.indexOf(a.record.id) - ids.indexOf(b.record.id))
      .map((placed) => ({ memory: answerOf(placed, now_ms), score: 0 }));
  }

  async forget(scope: Scope, stamp: FenceStamp, { what }: ForgetRequest): Promise<number> {
    if (what.case === undefined) wrong('say what to forget: ids, a filter, or everything.');
    if (what.case === 'everything' && !what.value) wrong('everything: false says nothing; leave it out or set it.');
    if (what.case === 'filter' && isEmpty(what.value)) wrong('an empty filter would forget everything; say `everything` for that.');
    await this.#o.store.ready();
    const given = what.case === 'filter' ? what.value : undefined;
    const filter = visible({ scope, include_shared: false, filter: given, now_ms: 0 });
    // A memory on its way to another embedding must not arrive after it was forgotten.
    return await this.#o.fences.guard(stamp, () =>
      this.#o.lock.run([REEMBEDDING], async () => {
        if (what.case !== 'ids') return (await this.#o.store.removeOld(filter)) + (await this.#removeAll(scope, filter));
        const ids = idList(what.value.ids);
        const places = ids.map((id) => placeOf(scope.project, id));
        const old = await this.#o.store.removeOld({ must: [...(filter.must ?? []), isAt(places)] });
        return old + (await this.#remove(scope, ids));
      }),
    );
  }

  async #removeAll(scope: Scope, filter: Filter): Promise<number> {
    let forgotten = 0;
    for (const tier of TIERS)
      for (let from: string | null = null; ; ) {
        const page: { records: MemoryRecord[]; next: string | null } = await this.#o.store.scroll(tier, filter, from);
        const ids = page.records.map(({ id }) => id);
        if (ids.length > 0) forgotten += await this.#remove(scope, ids);
        if (page.next === null) break;
        from = page.next;
      }
    return forgotten;
  }

  async #remove(scope: Scope, ids: readonly string[]): Promise<number> {
    const places = ids.map((id) => placeOf(scope.project, id));
    return await this.#o.lock.run(places, async () => {
      const found = await this.#o.store.get(places, false);
      const doomed = [...found].filter(([, { record }]) => mayChange(record, scope)).map(([place]) => place);
      if (doomed.length > 0) await this.#o.store.remove(doomed);
      return doomed.length;
    });
  }
}
