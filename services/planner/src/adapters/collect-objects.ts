import type { ArtifactStore } from '@codeoptima/artifacts';
import type { Clock, Logger } from '@codeoptima/service-kit';
import type { Store } from '@codeoptima/store';

/**
 * An object lies in the store before the event that speaks of it is appended, for as long as an attempt takes. No attempt takes a day,
 * and storing the same bytes anew renews their age.
 */
const AGE_MIN_MS = 24 * 3_600_000;

export interface CollectionParts {
  store: Store;
  artifacts: ArtifactStore;
  clock: Clock;
  log: Logger;
  /** How long what an ended run speaks of is kept. */
  keep_ms: number;
}

/** Removes objects of which no living or recent run speaks. One planner at a time; the age is looked at before the runs are. */
export async function collectObjects({ store, artifacts, clock, log, keep_ms }: CollectionParts): Promise<void> {
  await store.exclusively('collection', async () => {
    const before_ms = clock.now_ms() - AGE_MIN_MS;
    const { removed, removed_bytes } = await artifacts.collect(await store.events.reachable(keep_ms), before_ms);
    if (removed > 0) log.info({ removed, removed_bytes }, 'removed objects of old runs');
  });
}
