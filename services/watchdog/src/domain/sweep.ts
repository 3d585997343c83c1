import type { WatchList, Watched } from './watched.ts';

export interface Limits {
  /** Silence longer than this makes a lease stale. */
  stale_ms: number;
  /** Life without progress longer than this makes it stuck; by service. */
  progressLimit_ms: (service: string) => number;
  /** The breaker trips when somebody is stale while more than this share of the leases is silent for half of `stale_ms` … */
  breaker_share: number;
  /** … and more than this many. */
  breaker_count: number;
}

export interface Verdict {
  watched: Watched;
  /** dead: its process is gone; stale: no beat; stuck: beats without progress. */
  kind: 'dead' | 'stale' | 'stuck';
  /** How long it was silent or stood still. */
  quiet_ms: number;
}

export interface Sweep {
  verdicts: Verdict[];
  /** Leases that are held back since too many are silent at once, or were until now. */
  held: Verdict[];
  breaker_open: boolean;
  /** It was open until this sweep: everyone is owed a full term. */
  released: boolean;
}

const judge = (watched: Watched, now_ms: number, limits: Limits): Verdict | null => {
  const silent_ms = now_ms - watched.alive_ms;
  if (silent_ms > limits.stale_ms) return { watched, kind: 'stale', quiet_ms: silent_ms };
  const still_ms = now_ms - watched.moved_ms;
  return still_ms > limits.progressLimit_ms(watched.service) ? { watched, kind: 'stuck', quiet_ms: still_ms } : null;
};

/**
 * Judges every listed lease. `isGone` knows for sure that the holder's process has ended; that is a fact and no guess, so it waits for no
 * term and counts towards no breaker. When silence is too common to be true, the fault is more likely ours or the network's: then
 * nobody is condemned, by whatever verdict, until beats come back. Those of a whole fleet neither stop nor come back at one moment but
 * over a beat's pause: so who is half-way to being stale counts as silent too, and the sweep that releases the breaker (`was_open`)
 * condemns nobody either.
 */
export const sweep = (list: WatchList, now_ms: number, limits: Limits, isGone: (watched: Watched) => boolean, was_open = false): Sweep => {
  const listed = [...list.values()].filter((watched) => watched.listed);
  const gone = listed.filter(isGone);
  const dead: Verdict[] = gone.map((watched) => ({ watched, kind: 'dead', quiet_ms: now_ms - watched.alive_ms }));
  const present = listed.filter((watched) => !gone.includes(watched));
  const judged = present.map((watched) => judge(watched, now_ms, limits)).filter((verdict) => verdict !== null);
  const silent = present.filter(({ alive_ms }) => now_ms - alive_ms > limits.stale_ms / 2).length;
  const is_common = silent > limits.breaker_count && silent > limits.breaker_share * present.length;
  const breaker_open = is_common && judged.some(({ kind }) => kind === 'stale');
  const released = was_open && !breaker_open;
  return breaker_open || released
    ? { verdicts: dead, held: judged, breaker_open, released }
    : { verdicts: [...dead, ...judged], held: [], breaker_open, released };
};
