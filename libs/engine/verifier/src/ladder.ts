import type { Check, Verdict } from '@codeoptima/contracts';

/** What a rung says: passed, or a fall with its verdict. `detail` is one line for people. */
export interface RungResult {
  outcome: Check['outcome'];
  detail: string;
  /** Present when the ladder ends here. */
  fall?: { verdict: Exclude<Verdict, 'certified'>; reason: string };
}

/** One rung: cheap ones stand first. It may add to the shared record; it never sees what a proposer said. */
export interface Rung<Record> {
  name: string;
  /** One line shown while it runs. */
  doing: string;
  climb(record: Record, signal: AbortSignal): Promise<RungResult>;
}

export interface LadderResult {
  verdict: Verdict;
  reason: string;
  checks: Check[];
}

export interface LadderOptions {
  signal: AbortSignal;
  /** Monotonic milliseconds. */
  now: () => number;
  progress: (doing: string, fraction: number) => void;
}

/**
 * Climbs the rungs in order and stops at the first fall; what stands above is listed as skipped, so every report shows the whole ladder.
 * A rung that throws fails the whole verification: an error of ours is never a verdict on the change.
 */
export async function climb<Record>(rungs: readonly Rung<Record>[], record: Record, options: LadderOptions): Promise<LadderResult> {
  const checks: Check[] = [];
  let fall: RungResult['fall'];
  for (const [index, rung] of rungs.entries()) {
    if (fall) {
      checks.push({ name: rung.name, outcome: 'skipped', detail: 'not reached', duration_ms: 0 });
      continue;
    }
    options.signal.throwIfAborted();
    options.progress(rung.doing, index / rungs.length);
    const started_ms = options.now();
    const result = await rung.climb(record, options.signal);
    checks.push({ name: rung.name, outcome: result.outcome, detail: result.detail, duration_ms: Math.round(options.now() - started_ms) });
    fall = result.fall;
  }
  if (fall) return { verdict: fall.verdict, reason: fall.reason, checks };
  return {
    verdict: 'certified',
    reason: checks.findLast((check) => check.name === 'certification')?.detail ?? 'every check passed',
    checks,
  };
}
