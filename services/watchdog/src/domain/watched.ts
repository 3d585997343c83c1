/** A beat as it was received, with what its process was at that moment. */
export interface ReceivedBeat {
  item_id: string;
  run_id: string;
  service: string;
  incarnation: string;
  epoch: bigint;
  progress_counter: bigint;
  pid: number;
}

/** A lease as the planner lists it. */
export interface ListedLease {
  item_id: string;
  run_id: string;
  service: string;
  incarnation: string;
  epoch: bigint;
  /** How long the planner says it has been held, in milliseconds of its own clock. */
  age_ms: number;
}

/** What is known of one lease. All times are of the watchdog's own monotonic clock, in milliseconds. */
export interface Watched {
  item_id: string;
  run_id: string;
  service: string;
  incarnation: string;
  epoch: bigint;
  /** Last beat, or the claim when none came yet, or the start of a renewed term. */
  alive_ms: number;
  /** Last change of the progress counter, or as above. */
  moved_ms: number;
  progress_counter: bigint;
  /** Process of the holder; null before its first beat. */
  pid: number | null;
  /** Whether the planner's last list held it. Others are not judged: their beats arrived before the list, or they are zombies. */
  listed: boolean;
}

export type WatchList = ReadonlyMap<string, Watched>;

/** A beat was received. An older epoch is a zombie's and says nothing about the present holder. */
export const receiveBeat = (list: WatchList, beat: ReceivedBeat, now_ms: number): WatchList => {
  const known = list.get(beat.item_id);
  if (known && known.epoch > beat.epoch) return list;
  const same = known?.epoch === beat.epoch ? known : null;
  const moved = same === null || same.progress_counter !== beat.progress_counter || same.pid === null;
  return new Map(list).set(beat.item_id, {
    item_id: beat.item_id,
    run_id: beat.run_id,
    service: beat.service,
    incarnation: beat.incarnation,
    epoch: beat.epoch,
    alive_ms: now_ms,
    moved_ms: moved ? now_ms : same.moved_ms,
    progress_counter: beat.progress_counter,
    pid: beat.pid > 0 ? beat.pid : null,
    listed: same?.listed ?? false,
  });
};

/** The least that the planner's age of a lease may be trusted: it cannot be older than the list before, which did not hold it. */
const claimedAt = (age_ms: number, now_ms: number, last_list_ms: number | null): number =>
  last_list_ms === null ? now_ms : now_ms - Math.min(Math.max(0, age_ms), now_ms - last_list_ms);

const fromLease = (lease: ListedLease, claimed_ms: number): Watched => ({
  item_id: lease.item_id,
  run_id: lease.run_id,
  service: lease.service,
  incarnation: lease.incarnation,
  epoch: lease.epoch,
  alive_ms: claimed_ms,
  moved_ms: claimed_ms,
  progress_counter: 0n,
  pid: null,
  listed: true,
});

/**
 * The planner listed its leases. One that never beat counts from its claim, by the planner's age of it as far as the list before allows
 * (clocks may differ). `last_list_ms` is null at the start and after an outage: then everyone counts from now.
 */
export const receiveLeases = (list: WatchList, leases: readonly ListedLease[], now_ms: number, last_list_ms: number | null): WatchList => {
  const next = new Map<string, Watched>();
  for (const lease of leases) {
    const known = list.get(lease.item_id);
    if (!known || known.epoch < lease.epoch) next.set(lease.item_id, fromLease(lease, claimedAt(lease.age_ms, now_ms, last_list_ms)));
    // A beat of a newer epoch than the list: it was claimed while the list was on its way.
    else next.set(lease.item_id, { ...known, listed: known.epoch === lease.epoch });
  }
  // Beats that arrived since the list before may belong to a claim that this list does not know yet.
  for (const known of list.values()) {
    const young = last_list_ms !== null && known.alive_ms >= last_list_ms && !known.listed;
    if (!next.has(known.item_id) && young) next.set(known.item_id, known);
  }
  return next;
};

/** After an outage everyone gets one full term: silence then proves nothing. */
export const renewTerms = (list: WatchList, now_ms: number): WatchList =>
  new Map([...list].map(([id, watched]) => [id, { ...watched, alive_ms: now_ms, moved_ms: now_ms }]));
