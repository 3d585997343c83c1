import type { WatchList, Watched } from './watched.ts';

export interface Limits {
  /** Silence longer than this makes a lease stale. */
  stale_ms: number;
  /** Life without progress longer than this makes it stuck; by service. */
  progressLimit_ms: (service: string) => number;
  /** The breaker trips when more than this share of the leases is stale in one sweep … */
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
  /** Stale leases that are held back since too many are stale at once; empty when the breaker is closed. */
  held: Verdict[];
  breaker_open: boolean;
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
 * nobody is condemned, by whatever verdict, until beats come back.
 */
export const sweep = (list: WatchList, now_ms: number, limits: Limits, isGone: (watched: Watched) => boolean): Sweep => {
  const listed = [...list.values()].filter((watched) => watched.listed);
  const gone = listed.filter(isGone);
  const dead: Verdict[] = gone.map((watched) => ({ watched, kind: 'dead', quiet_ms: now_ms - watched.alive_ms }));
  const present = listed.filter((watched) => !gone.includes(watched));
  const judged = present.map((watched) => judge(watched, now_ms, limits)).filter((verdict) => verdict !== null);
  const stale = judged.filter(({ kind }) => kind === 'stale').length;
  const breaker_open = stale > limits.breaker_count && stale > limits.breaker_share * present.length;
  return breaker_open ? { verdicts: dead, held: judged, breaker_open } : { verdicts: [...dead, ...judged], held: [], breaker_open };
};
