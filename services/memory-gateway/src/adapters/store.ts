import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Channel } from '@codeoptima/embedding';
import { CHANNEL_NAMES, type Vectors } from '../domain/likeness.ts';
import { type MemoryRecord, type Placed, TIERS, type TierName } from '../domain/record.ts';
import { placeOf } from '../domain/identity.ts';
import { type Filter, isAt } from '../domain/conditions.ts';
import type { PointId } from '../gen/values_pb.ts';
import type { PointStructSchema } from '../gen/points_pb.ts';
import { Points, type RetrievedPoint, type VectorsOutput } from '../gen/points_service_pb.ts';
import { type Backend, ensureTiers, oldTiers, tierCollection } from './collections.ts';
import { fromPayload, toPayload } from './payload.ts';
import type { Wire } from './wire.ts';

/** A record with its vectors. */
export interface Kept extends Placed {
  vectors: Vectors;
}

export const idOf = (id: PointId | undefined): string => (id?.pointIdOptions.case === 'uuid' ? id.pointIdOptions.value : '');
export const pointId = (uuid: string) => ({ pointIdOptions: { case: 'uuid' as const, value: uuid } });
export const pointIds = (uuids: readonly string[]) => ({
  pointsSelectorOneOf: { case: 'points' as const, value: { ids: uuids.map(pointId) } },
});
export const WITH_PAYLOAD = { selectorOptions: { case: 'enable' as const, value: true } };
export const PAGE = 256;

/** A server of the protocol fills in the newer place, the older one, or both. */
const vectorsOf = (output: VectorsOutput | undefined): Vectors => {
  const named = output?.vectorsOptions.case === 'vectors' ? output.vectorsOptions.value.vectors : {};
  return Object.fromEntries(
    CHANNEL_NAMES.flatMap((name): [Channel, readonly number[]][] => {
      const vector = named[name];
      const data = vector?.vector.case === 'dense' ? vector.vector.value.data : vector?.data;
      return data && data.length > 0 ? [[name, data]] : [];
    }),
  );
};

export const recordOf = (point: RetrievedPoint): MemoryRecord => fromPayload(point.payload) as unknown as MemoryRecord;

const toPoint = ({ record, vectors }: Kept): MessageInitShape<typeof PointStructSchema> => ({
  id: pointId(placeOf(record.project, record.id)),
  payload: toPayload(record as unknown as Parameters<typeof toPayload>[0]),
  vectors: {
    vectorsOptions: {
      case: 'vectors',
      value: {
        vectors: Object.fromEntries(Object.entries(vectors).map(([name, vector]) => [name, { data: Array.from(vector) }])),
      },
    },
  },
});

/** The tiers of one version of the embedding, in the vector store. A memory lies in one tier; after a kill it may lie in two, the better one counts. */
export class TierStore {
  readonly #wire: Wire;
  readonly #version: string;
  readonly #dimensions: Record<Channel, number>;
  readonly #backend: Backend;
  #ready: Promise<void> | null = null;

  constructor(wire: Wire, backend: Backend, version: string, dimensions: Record<Channel, number>) {
    this.#wire = wire;
    this.#backend = backend;
    this.#version = version;
    this.#dimensions = dimensions;
  }

  collection(tier: TierName): string {
    return tierCollection(tier, this.#version);
  }

  /** Makes the collections at the first use, and again after a failure. */
  async ready(): Promise<void> {
    this.#ready ??= ensureTiers(this.#wire, this.#backend, this.#version, this.#dimensions);
    try {
      await this.#ready;
    } catch (error) {
      this.#ready = null;
      throw error;
    }
  }

  /** What lies at these places, the best tier first for each place. */
  async get(places: readonly string[], with_vectors: boolean, tiers: readonly TierName[] = TIERS): Promise<Map<string, Kept>> {
    const found = new Map<string, Kept>();
    for (const tier of tiers) {
      const missing = places.filter((place) => !found.has(place));
      if (missing.length === 0) break;
      const { result } = await this.#wire.ask(Points.method.get, {
        collectionName: this.collection(tier),
        ids: missing.map(pointId),
        withPayload: WITH_PAYLOAD,
        withVectors: { selectorOptions: { case: 'enable', value: with_vectors } },
      });
      for (const point of result) found.set(idOf(point.id), { tier, record: recordOf(point), vectors: vectorsOf(point.vectors) });
    }
    return found;
  }

  /** Writes to the tier first and clears the others after, so that a kill between leaves two copies rather than none. */
  async put(kept: readonly Kept[], clear: readonly TierName[] = TIERS): Promise<void> {
    for (const tier of TIERS) {
      const points = kept.filter((each) => each.tier === tier).map(toPoint);
      if (points.length > 0) await this.#wire.ask(Points.method.upsert, { collectionName: this.collection(tier), wait: true, points });
    }
    for (const tier of clear) {
      const elsewhere = kept.filter((each) => each.tier !== tier).map(({ record }) => placeOf(record.project, record.id));
      if (elsewhere.length > 0) await this.remove(elsewhere, [tier]);
    }
  }

  async remove(places: readonly string[], tiers: readonly TierName[] = TIERS): Promise<void> {
    for (const tier of tiers)
      await this.#wire.ask(Points.method.delete, { collectionName: this.collection(tier), wait: true, points: pointIds(places) });
  }

  /** Changes single fields of a record that lies there, and nothing when it does not. */
  async note(tier: TierName, place: string, fields: Partial<Pick<MemoryRecord, 'recalls' | 'recalled_at_ms'>>): Promise<void> {
    await this.#wire.ask(Points.method.setPayload, {
      collectionName: this.collection(tier),
      wait: true,
      payload: toPayload(fields),
      // By a filter: ids that are not there are an error.
      pointsSelector: { pointsSelectorOneOf: { case: 'filter', value: { must: [isAt([place])] } } },
    });
  }

  /** Places of the nearest to each channel of the query, without order. */
  async near(tier: TierName, query: Vectors, filter: Filter, limit: number): Promise<string[]> {
    const { result } = await this.#wire.ask(Points.method.searchBatch, {
      collectionName: this.collection(tier),
      searchPoints: Object.entries(query).map(([vectorName, vector]) => ({
        collectionName: this.collection(tier),
        vectorName,
        vector: Array.from(vector),
        filter,
        limit: BigInt(limit),
      })),
    });
    return result.flatMap((hits) => hits.result.map((point) => idOf(point.id)));
  }

  /** One page in the order of places; `next` is where the following one begins. */
  async scroll(
    tier: TierName,
    filter: Filter,
    from: string | null,
    limit = PAGE,
  ): Promise<{ records: MemoryRecord[]; next: string | null }> {
    const answer = await this.#wire.ask(Points.method.scroll, {
      collectionName: this.collection(tier),
      filter,
      limit,
      withPayload: WITH_PAYLOAD,
      ...(from === null ? {} : { offset: pointId(from) }),
    });
    return { records: answer.result.map(recordOf), next: answer.nextPageOffset ? idOf(answer.nextPageOffset) : null };
  }

  /** What lies at these places and waits for the present embedding. */
  async getOld(places: readonly string[]): Promise<MemoryRecord[]> {
    const found: MemoryRecord[] = [];
    for (const { collection } of await oldTiers(this.#wire, this.#version)) {
      const request = { collectionName: collection, ids: places.map(pointId), withPayload: WITH_PAYLOAD };
      found.push(...(await this.#wire.ask(Points.method.get, request)).result.map(recordOf));
    }
    return found;
  }

  /** Removes from what other versions of the embedding left, and says how many that were. */
  async removeOld(filter: Filter): Promise<number> {
    let removed = 0;
    for (const { collection } of await oldTiers(this.#wire, this.#version)) {
      const { result } = await this.#wire.ask(Points.method.count, { collectionName: collection, filter, exact: true });
      removed += Number(result?.count ?? 0n);
      const points = { pointsSelectorOneOf: { case: 'filter' as const, value: filter } };
      await this.#wire.ask(Points.method.delete, { collectionName: collection, wait: true, points });
    }
    return removed;
  }

  async count(tier: TierName, filter: Filter): Promise<number> {
    const { result } = await this.#wire.ask(Points.method.count, { collectionName: this.collection(tier), filter, exact: true });
    return Number(result?.count ?? 0n);
  }
}
