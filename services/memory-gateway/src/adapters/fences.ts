import { CodeOptimaError } from '@codeoptima/contracts';
import { derivedId } from '../domain/identity.ts';
import { inRange } from '../domain/conditions.ts';
import { Points } from '../gen/points_service_pb.ts';
import { type Backend, ensurePlain, FENCES, PLAIN_VECTOR } from './collections.ts';
import { KeyedLock } from './keyed-lock.ts';
import { fromPayload, toPayload } from './payload.ts';
import { pointId, WITH_PAYLOAD } from './store.ts';
import type { Wire } from './wire.ts';

export interface FenceStamp {
  /** Items are known within a project: nobody can outdate another project's holder. */
  project: string;
  item_id: string;
  epoch: bigint;
}

const placeOfStamp = ({ project, item_id }: FenceStamp): string => derivedId('fence', project, item_id);
const CACHED_MAX = 10_000;

/** @throws CodeOptimaError `bad_input` for a write without a stamp. */
export const stampOf = (project: string, fence: { itemId: string; epoch: bigint } | undefined): FenceStamp => {
  if (!fence || fence.itemId === '' || fence.itemId.length > 200)
    throw new CodeOptimaError('bad_input', 'fence.item_id must name the work item (1 to 200 characters).');
  if (fence.epoch < 1n || fence.epoch > BigInt(Number.MAX_SAFE_INTEGER))
    throw new CodeOptimaError('bad_input', `fence.epoch ${fence.epoch} must be 1 or more, and below 2^53.`);
  return { project, item_id: fence.itemId, epoch: fence.epoch };
};

/**
 * Refuses writes of a holder that lost its work item. The present epoch of an item is the highest that any write ever showed; it is on
 * disk before the first write under it, so it outlives the gateway. A holder that was replaced by one that has not written yet is
 * therefore still let through, and its writes are told apart by their epoch.
 */
export class Fences {
  refused = 0;
  readonly #wire: Wire;
  readonly #backend: Backend;
  readonly #now_ms: () => number;
  readonly #lock = new KeyedLock();
  readonly #highest = new Map<string, bigint>();
  #ready: Promise<void> | null = null;

  constructor(wire: Wire, backend: Backend, now_ms: () => number) {
    this.#wire = wire;
    this.#backend = backend;
    this.#now_ms = now_ms;
  }

  /** Runs a write under its stamp. Writes of one item run one after another: none of an older epoch can end after one of a newer. */
  guard<T>(stamp: FenceStamp, write: () => Promise<T>): Promise<T> {
    const place = placeOfStamp(stamp);
    return this.#lock.run([place], async () => {
      const highest = await this.#highestOf(place);
      if (stamp.epoch < highest) {
        this.refused += 1;
        throw new CodeOptimaError('stale_epoch', `epoch ${stamp.epoch} of ${stamp.item_id} is over: ${highest} has written.`, {
          ids: { item_id: stamp.item_id, epoch: String(highest) },
        });
      }
      if (stamp.epoch > highest) await this.#raise(place, stamp);
      return await write();
    });
  }

  /** Forgets the stamps of items that wrote nothing for so long that no holder of them can live. */
  async prune(older_than_ms: number): Promise<void> {
    await this.#prepare();
    await this.#wire.ask(Points.method.delete, {
      collectionName: FENCES,
      wait: true,
      points: {
        pointsSelectorOneOf: { case: 'filter', value: { must: [inRange('seen_at_ms', { lt: this.#now_ms() - older_than_ms })] } },
      },
    });
  }

  async #highestOf(place: string): Promise<bigint> {
    const cached = this.#highest.get(place);
    if (cached !== undefined) return cached;
    await this.#prepare();
    const { result } = await this.#wire.ask(Points.method.get, {
      collectionName: FENCES,
      ids: [pointId(place)],
      withPayload: WITH_PAYLOAD,
    });
    const epoch = result[0] === undefined ? 0 : fromPayload(result[0].payload)['epoch'];
    const highest = typeof epoch === 'number' ? BigInt(epoch) : 0n;
    this.#keep(place, highest);
    return highest;
  }

  async #raise(place: string, { project, item_id, epoch }: FenceStamp): Promise<void> {
    const payload = toPayload({ project, item_id, epoch: Number(epoch), seen_at_ms: this.#now_ms() });
    await this.#wire.ask(Points.method.upsert, {
      collectionName: FENCES,
      wait: true,
      points: [{ id: pointId(place), payload, vectors: PLAIN_VECTOR }],
    });
    this.#keep(place, epoch);
  }

  #keep(place: string, epoch: bigint): void {
    if (this.#highest.size >= CACHED_MAX) this.#highest.clear();
    this.#highest.set(place, epoch);
  }

  async #prepare(): Promise<void> {
    this.#ready ??= ensurePlain(this.#wire, this.#backend, FENCES, { seen_at_ms: 'integer' });
    try {
      await this.#ready;
    } catch (error) {
      this.#ready = null;
      throw error;
    }
  }
}
