import type { VerifyResult } from '@codeoptima/contracts';
import type { CandidateEvidenceInput } from '@codeoptima/evidence';
import { type Ascent, startAscent } from './ascent.ts';
import { climb, type Rung } from './ladder.ts';
import { guards } from './rungs/guards.ts';
import { behaviour } from './rungs/behaviour.ts';
import { build } from './rungs/build.ts';
import { growth } from './rungs/growth.ts';
import { confirmation, control, otherAxes } from './rungs/confirmation.ts';
import { certification, trial } from './rungs/speed.ts';
import { publicTypes } from './rungs/public-types.ts';
import { strength } from './rungs/strength.ts';
import { surface } from './rungs/surface.ts';
import { tests } from './rungs/tests.ts';
import { types } from './rungs/types.ts';
import { instructions, otherWorkloads } from './rungs/witnesses.ts';
import type { Subject } from './subject.ts';
import { toEvidence } from './to-evidence.ts';

/** The ladder, cheapest rung first. */
export const RUNGS: readonly Rung<Ascent>[] = [
  guards,
  surface,
  types,
  build,
  publicTypes,
  tests('tests'),
  behaviour,
  trial,
  certification,
  otherAxes,
  otherWorkloads,
  growth,
  instructions,
  control,
  confirmation,
  strength,
  tests('final tests'),
];

/** The rungs that read the change and run nothing of it. */
export const TEXT_RUNGS: readonly Rung<Ascent>[] = [guards, surface];

export interface ChangeVerdict extends Omit<VerifyResult, 'evidence'> {
  evidence: CandidateEvidenceInput;
}

export interface VerifyOptions {
  signal: AbortSignal;
  /** Monotonic milliseconds. */
  now: () => number;
  progress: (line: string, fraction: number) => void;
  /** What runs right now, many lines a second; as progress when it is left out. */
  detail?: (line: string, fraction: number) => void;
  rungs?: readonly Rung<Ascent>[];
}

/** Judges one change. Rules, models and people only propose; this decides. */
export async function verifyChange(subject: Subject, options: VerifyOptions): Promise<ChangeVerdict> {
  let doing = '';
  let fraction = 0;
  const detail = options.detail ?? options.progress;
  const ascent = startAscent(subject, (line) => detail(`${doing}: ${line}`, fraction));
  const ladder = await climb(options.rungs ?? RUNGS, ascent, {
    signal: options.signal,
    now: options.now,
    progress: (line, share) => {
      doing = line;
      fraction = share;
      options.progress(line, share);
    },
  });
  const certified = ladder.verdict === 'certified';
  return {
    verdict: ladder.verdict,
    reason: ladder.reason,
    checks: ladder.checks,
    estimate_pct: ascent.claim?.estimate_pct ?? null,
    provable_pct: certified ? (ascent.claim?.provable_pct ?? null) : null,
    evidence: toEvidence(ascent, ladder),
  };
}
