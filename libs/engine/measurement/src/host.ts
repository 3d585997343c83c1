import { plural } from '@codeoptima/contracts';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { logRatioOfGainPct } from '@codeoptima/statistics';
import { stealShare } from './affinity.ts';

/** Facts of the machine that measured; fits `MachineFacts` of the evidence. */
export interface HostFacts {
  cpu_model: string;
  cores: number;
  memory_bytes: number;
  /** Null when the processor does not tell. */
  virtualised: boolean | null;
  load_1m: number;
  platform: string;
  kernel: string;
  /** Node that runs the repository's code. */
  node_version: string;
  /** Share of time the hypervisor took during the probe; null when unknown. */
  steal_share: number | null;
  /** Whether the kernel offers hardware counters. */
  hardware_counters: boolean;
}

/** Takes about `window_ms`. */
export async function probeHost(window_ms = 1000): Promise<HostFacts> {
  const cpuinfo = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1];
  return {
    cpu_model: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory_bytes: totalmem(),
    virtualised: flags === undefined ? null : / hypervisor( |$)/.test(flags),
    load_1m: loadavg()[0] ?? 0,
    platform: platform(),
    kernel: release(),
    node_version: process.version,
    steal_share: await stealShare(window_ms),
    hardware_counters: existsSync('/sys/bus/event_source/devices/cpu') || existsSync('/sys/bus/event_source/devices/armv8_pmuv3_0'),
  };
}

/** Beyond this process-to-process noise no claim at the usual targets is worth its time. */
export const NOISE_LIMIT_PCT = 8;

export interface Certifiability {
  possible: boolean;
  /** Pairs for 95 % power at the target, by n = 2 (3.97 c / ln(1 + e))^2; never fewer than 10. */
  pairs_needed: number;
  /** Smallest gain in percent that 30 pairs can show here with 95 % power. */
  smallest_target_pct: number;
  reason: string;
}

/** Can a gain of `target_pct` be shown with at most `pairs_max` pairs when processes differ by `noise_cv_pct`? */
export function certifiability(noise_cv_pct: number, target_pct: number, pairs_max = 30): Certifiability {
  const c = noise_cv_pct / 100;
  const pairs_needed = Math.max(10, Math.ceil(2 * ((3.97 * c) / logRatioOfGainPct(target_pct)) ** 2));
  const smallest_target_pct = -100 * Math.expm1(-3.97 * c * Math.sqrt(2 / pairs_max));
  const possible = noise_cv_pct <= NOISE_LIMIT_PCT && pairs_needed <= pairs_max;
  const measured = `processes differ by ${noise_cv_pct.toFixed(1)} %`;
  const reason = possible
    ? `${measured}: ${plural(pairs_needed, 'pair')} ${pairs_needed === 1 ? 'suffices' : 'suffice'} for ${target_pct} %`
    : `${measured}: ${target_pct} % would take ${plural(pairs_needed, 'pair')}; from ${Math.max(target_pct, smallest_target_pct).toFixed(1)} % on it is possible, or on a quieter machine`;
  return { possible, pairs_needed, smallest_target_pct, reason };
}
