import { type Filter, inRange } from '../domain/conditions.ts';
import { placeOf } from '../domain/identity.ts';
import { arrived, moveOf, type TierPolicy } from '../domain/policy.ts';
import { type MemoryRecord, type Placed, TIERS, type TierName } from '../domain/record.ts';
import { Points } from '../gen/points_service_pb.ts';
import { dropCollection, type OldTier, oldTiers } from './collections.ts';
import type { Embedder } from './embedder.ts';
import { type KeyedLock, REEMBEDDING } from './keyed-lock.ts';
import type { Recall } from './recall.ts';
import { PAGE, recordOf, type TierStore, WITH_PAYLOAD, pointIds } from './store.ts';
import type { Wire } from './wire.ts';

export interface TendingOptions {
  wire: Wire;
  store: TierStore;
  recall: Recall;
  embedder: Embedder;
  policy: TierPolicy;
  lock: KeyedLock;
  now_ms: () => number;
  /** Told of each memory that changed its tier or was forgotten by policy. */
  onMove: (from: TierName, to: TierName | 'nowhere') => void;
  onReembedded: (count: number) => void;
}

/** Work in the background: promotion, ageing, forgetting, and embedding anew. Every step may be cut off by a kill and is done again. */
export class Tending {
  /** Memories of other versions of the embedding, as of the last look. */
  to_reembed = 0;
  readonly #o: TendingOptions;

  constructor(options: TendingOptions) {
    this.#o = options;
  }

  async sweep(): Promise<void> {
    await this.#o.store.ready();
    await this.#o.recall.writeTallies();
    for (const tier of TIERS) await this.#sweepTier(tier);
    await this.#reembedAll();
  }

  /** What of a tier may have to move: the store looks, so that a sweep of a large tier costs little. */
  #suspects(tier: TierName, now_ms: number): Filter {
    const { age_ms, retention_ms, promote_recalls } = this.#o.policy;
    if (tier === 'hot') return { must: [inRange('expires_at_ms', { lte: now_ms })] };
    if (tier === 'project') return { must: [inRange('updated_at_ms', { lte: now_ms - age_ms })] };
    const old = retention_ms === null ? [] : [inRange('updated_at_ms', { lte: now_ms - retention_ms })];
    return { should: [inRange('recalls', { gte: promote_recalls }), ...old] };
  }

  async #sweepTier(tier: TierName): Promise<void> {
    const { store, policy, lock, now_ms } = this.#o;
    const filter = this.#suspects(tier, now_ms());
    for (let from: string | null = null; ; ) {
      const page: { records: MemoryRecord[]; next: string | null } = await store.scroll(tier, filter, from);
      const places = page.records
        .filter((record) => moveOf({ tier, record }, policy, now_ms()) !== null)
        .map(({ project, id }) => placeOf(project, id));
      if (places.length > 0) await lock.run(places, () => this.#move(tier, places));
      if (page.next === null) return;
      from = page.next;
    }
  }

  /** Looks again, now that nobody writes there, and moves what still has to. */
  async #move(tier: TierName, places: readonly string[]): Promise<void> {
    const { store, policy, now_ms, onMove } = this.#o;
    const doomed: string[] = [];
    for (const [place, kept] of await store.get(places, true)) {
      const move = kept.tier === tier ? moveOf(kept, policy, now_ms()) : { to: kept.tier };
      if (move === null) continue;
      // A kill between the two writes of a move leaves a copy in the worse tier: it goes.
      if (kept.tier !== tier || move.to === 'nowhere') doomed.push(place);
      else await store.put([{ ...arrived(kept, move.to, policy, now_ms()), vectors: kept.vectors }], [tier]);
      onMove(tier, move.to);
    }
    if (doomed.length > 0) await store.remove(doomed, [tier]);
  }

  async #reembedAll(): Promise<void> {
    const old = await oldTiers(this.#o.wire, this.#o.embedder.version);
    let left = 0;
    for (const each of old) left += await this.#countOld(each);
    this.to_reembed = left;
    for (const each of old) {
      while ((await this.#reembedPage(each)) > 0);
      await dropCollection(this.#o.wire, each.collection);
    }
  }

  async #countOld({ collection }: OldTier): Promise<number> {
    const { result } = await this.#o.wire.ask(Points.method.count, { collectionName: collection, exact: true });
    return Number(result?.count ?? 0n);
  }

  /** Takes the first page of an old tier over into the present version; what was remembered anew meanwhile is newer and stays. */
  async #reembedPage({ tier, collection }: OldTier): Promise<number> {
    const { wire, store, embedder, lock } = this.#o;
    const { result } = await wire.ask(Points.method.scroll, { collectionName: collection, limit: PAGE, withPayload: WITH_PAYLOAD });
    if (result.length === 0) return 0;
    const records = result.map(recordOf);
    const vectors = await embedder.embed(records);
    const places = records.map(({ project, id }) => placeOf(project, id));
    await lock.run([REEMBEDDING, ...places], async () => {
      // What was forgotten while the vectors were made must not come back.
      const still = new Set(
        (await wire.ask(Points.method.get, { collectionName: collection, ids: pointIds(places).pointsSelectorOneOf.value.ids })).result.map(
          (point) => (point.id?.pointIdOptions.case === 'uuid' ? point.id.pointIdOptions.value : ''),
        ),
      );
      const newer = await store.get(places, false);
      const moved = records.flatMap((record, index): (Placed & { vectors: (typeof vectors)[number] })[] => {
        const place = places[index] ?? '';
        if (!still.has(place) || newer.has(place)) return [];
        return [{ tier, record: { ...record, embedding_version: embedder.version }, vectors: vectors[index] ?? {} }];
      });
      if (moved.length > 0) await store.put(moved, []);
      await wire.ask(Points.method.delete, { collectionName: collection, wait: true, points: pointIds(places) });
    });
    this.to_reembed = Math.max(0, this.to_reembed - result.length);
    this.#o.onReembedded(result.length);
    return result.length;
  }
}
