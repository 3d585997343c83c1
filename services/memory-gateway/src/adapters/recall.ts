import type { MessageInitShape } from '@bufbuild/protobuf';
import { CodeOptimaError } from '@codeoptima/contracts';
import type { RecalledSchema, RecallRequest, RecallResponseSchema } from '@codeoptima/contracts/memory';
import { answerOf } from '../domain/answer.ts';
import { type Filter, is, isOneOf, visible } from '../domain/conditions.ts';
import { placeOf, uuid } from '../domain/identity.ts';
import { candidatesFor, likeness, recency, type Vectors, weightsOf } from '../domain/likeness.ts';
import { type Placed, TIERS, type TierName } from '../domain/record.ts';
import { codeOf } from '../domain/remembered.ts';
import { mayRead, type Scope } from '../domain/scope.ts';
import type { Embedder, Subject } from './embedder.ts';
import type { Kept, TierStore } from './store.ts';

export interface RecallOptions {
  store: TierStore;
  embedder: Embedder;
  now_ms: () => number;
}

interface Tally {
  tier: TierName;
  recalls: number;
  recalled_at_ms: number;
}

const PAGE_TOKEN = /^(hot|project|historical):([0-9a-f-]{36})?$/;
const TEXT_CHARS_MAX = 200_000;

/** The reading side: by likeness over all channels and tiers, or page by page. */
export class Recall {
  readonly #o: RecallOptions;
  readonly #tallies = new Map<string, Tally>();

  constructor(options: RecallOptions) {
    this.#o = options;
  }

  /**
   * Every channel of every tier brings candidates; they are then ranked exactly by their own vectors, so that a memory which is fair
   * in all channels can beat one that is best in a single one.
   */
  async near(
    scope: Scope,
    request: RecallRequest,
    tiers: readonly TierName[],
    limit: number,
  ): Promise<MessageInitShape<typeof RecalledSchema>[]> {
    const weights = weightsOf(request.weights);
    const { vectors, without } = await this.#query(scope, request);
    const asked: Vectors = Object.fromEntries(Object.entries(vectors).filter(([name]) => weights[name as keyof typeof weights] > 0));
    if (Object.keys(asked).length === 0) return [];
    const now_ms = this.#o.now_ms();
    const filter = visible({ scope, include_shared: request.includeShared, filter: request.filter, now_ms });
    const scored = [];
    for (const { place, kept } of await this.#candidates(tiers, asked, filter, candidatesFor(limit))) {
      if (place === without || !mayRead(kept.record, scope, request.includeShared)) continue;
      const { score, channels } = likeness(asked, kept.vectors, weights);
      if (score < (request.scoreAtLeast ?? -1)) continue;
      scored.push({ place, kept, channels, score: score * recency(now_ms - kept.record.updated_at_ms, request.recencyHalfLifeS) });
    }
    scored.sort((a, b) => b.score - a.score || (a.place < b.place ? -1 : 1));
    return scored.slice(0, limit).map(({ place, kept, score, channels }) => {
      this.#count(place, kept, now_ms);
      return { memory: answerOf(kept, now_ms), score, channelScores: channels as Record<string, number> };
    });
  }

  async #candidates(tiers: readonly TierName[], query: Vectors, filter: Filter, limit: number): Promise<{ place: string; kept: Kept }[]> {
    const { store } = this.#o;
    const found = new Map<string, Kept>();
    await Promise.all(
      tiers.map(async (tier) => {
        const places = [...new Set(await store.near(tier, query, filter, limit))];
        for (const [place, kept] of places.length > 0 ? await store.get(places, true, [tier]) : []) {
          const other = found.get(place);
          if (!other || TIERS.indexOf(tier) < TIERS.indexOf(other.tier)) found.set(place, kept);
        }
      }),
    );
    return [...found].map(([place, kept]) => ({ place, kept }));
  }

  async #query(scope: Scope, { query, includeShared }: RecallRequest): Promise<{ vectors: Vectors; without: string | null }> {
    if (query.case === 'likeId') return await this.#like(scope, uuid(query.value, 'like_id'), includeShared);
    let subject: Subject | null = null;
    if (query.case === 'code') subject = { code: codeOf(query.value), text: '' };
    if (query.case === 'text') {
      if (query.value.trim() === '' || query.value.length > TEXT_CHARS_MAX)
        throw new CodeOptimaError('bad_input', `text must have 1 to ${TEXT_CHARS_MAX} characters.`);
      subject = { code: null, text: query.value };
    }
    const [vectors] = subject ? await this.#o.embedder.embed([subject]) : [];
    return { vectors: vectors ?? {}, without: null };
  }

  async #like(scope: Scope, id: string, shared: boolean): Promise<{ vectors: Vectors; without: string }> {
    let place = placeOf(scope.project, id);
    let kept = (await this.#o.store.get([place], true)).get(place);
    if (!kept && shared) {
      const [other] = await this.shared(scope, [id], TIERS);
      if (other) place = placeOf(other.record.project, id);
      kept = other ? (await this.#o.store.get([place], true)).get(place) : undefined;
    }
    if (!kept || !mayRead(kept.record, scope, shared))
      throw new CodeOptimaError('not_found', `there is no memory ${id} that ${scope.role} of ${scope.project} may see.`, { ids: { id } });
    return { vectors: kept.vectors, without: place };
  }

  /** What other projects share under these ids. */
  async shared(scope: Scope, ids: string[], tiers: readonly TierName[]): Promise<Placed[]> {
    const filter: Filter = { must: [isOneOf('id', ids), is('visibility', 'shared')], mustNot: [is('project', scope.project)] };
    const pages = await Promise.all(tiers.map(async (tier) => ({ tier, ...(await this.#o.store.scroll(tier, filter, null)) })));
    return pages.flatMap(({ tier, records }) => records.map((record) => ({ tier, record })));
  }

  /** Everything the filter lets through, tier by tier. */
  async list(
    scope: Scope,
    request: RecallRequest,
    tiers: readonly TierName[],
    limit: number,
  ): Promise<MessageInitShape<typeof RecallResponseSchema>> {
    const now_ms = this.#o.now_ms();
    const filter = visible({ scope, include_shared: request.includeShared, filter: request.filter, now_ms });
    const begun = request.pageToken === '' ? null : PAGE_TOKEN.exec(request.pageToken);
    if (request.pageToken !== '' && !tiers.includes((begun?.[1] ?? '') as TierName))
      throw new CodeOptimaError('bad_input', 'page_token is not one of an earlier answer.');
    const rest = begun ? tiers.slice(tiers.indexOf(begun[1] as TierName)) : tiers;
    const results: MessageInitShape<typeof RecalledSchema>[] = [];
    for (const [index, tier] of rest.entries()) {
      const { records, next } = await this.#o.store.scroll(tier, filter, index === 0 ? (begun?.[2] ?? null) : null, limit - results.length);
      results.push(...records.map((record) => ({ memory: answerOf({ tier, record }, now_ms), score: 0 })));
      if (next !== null) return { results, nextPageToken: `${tier}:${next}` };
      const following = rest[index + 1];
      if (results.length >= limit && following) return { results, nextPageToken: `${following}:` };
    }
    return { results };
  }

  #count(place: string, { tier, record }: Kept, now_ms: number): void {
    const recalls = (this.#tallies.get(place)?.recalls ?? record.recalls) + 1;
    this.#tallies.set(place, { tier, recalls, recalled_at_ms: now_ms });
  }

  /** Writes down how often memories were recalled since the last time; what a kill loses of it only delays a promotion. */
  async writeTallies(): Promise<void> {
    for (const [place, { tier, recalls, recalled_at_ms }] of Array.from(this.#tallies)) {
      await this.#o.store.note(tier, place, { recalls, recalled_at_ms });
      if (this.#tallies.get(place)?.recalls === recalls) this.#tallies.delete(place);
    }
  }
}
