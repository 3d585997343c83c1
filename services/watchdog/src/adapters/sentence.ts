import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@codeoptima/bus';
import type { WorkService } from '@codeoptima/contracts';
import type { Client } from '@codeoptima/rpc';
import type { Logger } from '@codeoptima/service-kit';
import type { Verdict } from '../domain/sweep.ts';
import type { Processes } from './local-processes.ts';
import type { WatchdogMetrics } from './metrics.ts';

export interface SentenceParts {
  planner: Client<typeof WorkService>;
  bus: Bus;
  processes: Processes;
  metrics: WatchdogMetrics;
  log: Logger;
  obey_ms: number;
  /** Epochs of which an incarnation beat since a moment of the watchdog's clock. */
  beatsSince: (incarnation: string, since_ms: number) => { item_id: string; epoch: bigint }[];
  now_ms: () => number;
}

const REASON: Record<Verdict['kind'], string> = {
  dead: 'the process of its worker ended',
  stale: 'its worker sent no beat',
  stuck: 'its worker made no progress',
};

/**
 * After the cancel: a stuck worker whose beats for the item ended has heeded it, and one that beats for other work is well. A silent one
 * has no such excuse.
 */
const hasObeyed = ({ watched, kind }: Verdict, beats: { item_id: string; epoch: bigint }[]): boolean => {
  const still_at_it = beats.some(({ item_id, epoch }) => item_id === watched.item_id && epoch === watched.epoch);
  return !still_at_it && (kind === 'stuck' || beats.length > 0);
};

/**
 * Carries out a verdict in the only safe order: first the epoch, so that whatever the worker still writes is refused; then the cancel;
 * then, when it does not heed that, the end of its process group. True when the lease was taken back.
 */
export const carryOut = async (verdict: Verdict, parts: SentenceParts): Promise<boolean> => {
  const { watched, kind, quiet_ms } = verdict;
  const { item_id: itemId, epoch, incarnation } = watched;
  const log = parts.log.child({ job_id: watched.run_id, item_id: itemId, epoch: String(epoch), service: watched.service, kind });
  const reason = kind === 'dead' ? REASON.dead : `${REASON[kind]} for ${(quiet_ms / 1_000).toFixed(1)} s`;
  const { expired } = await parts.planner.expireLease({ itemId, epoch, verdict: kind === 'stuck' ? 'stuck' : 'stale', reason });
  if (!expired) return false;
  const sentenced_ms = parts.now_ms();
  parts.metrics.verdicts.inc({ kind });
  parts.metrics.quiet.observe(quiet_ms / 1_000);
  log.warn({ reason }, 'lease taken back');
  parts.bus.sendCancel({ itemId, epoch, reason });
  if (kind === 'dead') return true;
  await sleep(parts.obey_ms);
  // Beats of the moment in which the cancel travelled prove nothing.
  if (hasObeyed(verdict, parts.beatsSince(incarnation, sentenced_ms + parts.obey_ms / 2))) return true;
  if (parts.processes.kill(incarnation)) {
    parts.metrics.kills.inc();
    log.warn({ pid: watched.pid }, 'process group killed');
  }
  return true;
};
