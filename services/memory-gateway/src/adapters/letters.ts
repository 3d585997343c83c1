import { MESSAGES, type Backend, ensurePlain, PLAIN_VECTOR } from './collections.ts';
import type { Letter } from '../domain/mail.ts';
import { Points } from '../gen/points_service_pb.ts';
import { fromPayload, toPayload } from './payload.ts';
import { idOf, PAGE, pointId, pointIds, WITH_PAYLOAD } from './store.ts';
import { placeOf } from '../domain/identity.ts';
import type { PointId } from '../gen/values_pb.ts';
import type { Wire } from './wire.ts';

const placeOfLetter = ({ project, id }: Letter): string => placeOf(project, id);

/** Messages in the vector store, which is where everything lasting of the gateway lies. */
export class LetterStore {
  readonly #wire: Wire;
  readonly #backend: Backend;

  constructor(wire: Wire, backend: Backend) {
    this.#wire = wire;
    this.#backend = backend;
  }

  async all(): Promise<Letter[]> {
    await ensurePlain(this.#wire, this.#backend, MESSAGES, {});
    const letters: Letter[] = [];
    for (let offset: PointId | null = null; ; ) {
      const from: { offset?: ReturnType<typeof pointId> } = offset === null ? {} : { offset: pointId(idOf(offset)) };
      const page = await this.#wire.ask(Points.method.scroll, {
        collectionName: MESSAGES,
        limit: PAGE,
        withPayload: WITH_PAYLOAD,
        ...from,
      });
      letters.push(...page.result.map((point) => fromPayload(point.payload) as unknown as Letter));
      if (page.nextPageOffset === undefined) return letters;
      offset = page.nextPageOffset;
    }
  }

  /** All of them or none: one record in the engine's log. */
  async put(letters: readonly Letter[]): Promise<void> {
    const points = letters.map((letter) => ({
      id: pointId(placeOfLetter(letter)),
      payload: toPayload(letter as unknown as Parameters<typeof toPayload>[0]),
      vectors: PLAIN_VECTOR,
    }));
    await this.#wire.ask(Points.method.upsert, { collectionName: MESSAGES, wait: true, points });
  }

  async remove(letters: readonly Letter[]): Promise<void> {
    await this.#wire.ask(Points.method.delete, { collectionName: MESSAGES, wait: true, points: pointIds(letters.map(placeOfLetter)) });
  }
}
