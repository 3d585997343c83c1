import type { PairedResult } from '@codeoptima/measurement';
import type { RungResult } from '../ladder.ts';

/** Processes of the same code that vary by more than this hide a gain of the usual size. Source: measuring protocol, step 1. */
const NOISE_CV_MAX_PCT = 8;

export const percent = (value: number | null): string => (value === null ? 'unknown' : `${value.toFixed(1)} %`);

type Measured = Pick<PairedResult, 'name' | 'median_pct' | 'estimate_pct' | 'interval_pct' | 'noise_cv_pct'>;

const isNoisy = ({ noise_cv_pct }: Measured): boolean => (noise_cv_pct ?? 0) > NOISE_CV_MAX_PCT;

const cannotCertify = (measured: Measured, target_pct: number, figures: string): RungResult => {
  const reason = `This machine cannot certify ${target_pct} % now: processes of the same code vary by ${percent(measured.noise_cv_pct)} (${figures}). A quieter machine, 'codeoptima calibrate' or a larger target would help.`;
  return { outcome: 'failed', detail: reason, fall: { verdict: 'cannot_certify_here', reason } };
};

/** No workload showed hope. Where noise hides whether the target was reached, the machine is to blame and not the candidate. */
export function unseen(results: readonly Measured[], target_pct: number): RungResult {
  const detail = results.map((result) => `${result.name} ${percent(result.median_pct)}`).join(', ');
  const hidden = results.find((result) => isNoisy(result) && (result.interval_pct?.[1] ?? 0) >= target_pct);
  if (hidden) return cannotCertify(hidden, target_pct, `first look: ${detail}`);
  return { outcome: 'failed', detail, fall: { verdict: 'not_proven', reason: `Not faster in a first look: ${detail}.` } };
}

/** All pairs are used up and the target is not proved. */
export function unproved(result: Measured, target_pct: number, figures: string): RungResult {
  if ((result.estimate_pct ?? 0) >= target_pct && isNoisy(result)) return cannotCertify(result, target_pct, figures);
  const reason = `Not proved to be ${target_pct} % faster on ${result.name}: ${figures}.`;
  return { outcome: 'failed', detail: figures, fall: { verdict: 'not_proven', reason } };
}
