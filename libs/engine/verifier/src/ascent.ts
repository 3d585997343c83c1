import type { Captured, ChangedFunction, StrengthRequest } from '@codeoptima/behaviour';
import type { BehaviourEvidence, MeasurementEvidence, TestComparison } from '@codeoptima/evidence';
import type { PairedResult } from '@codeoptima/measurement';
import type { Finding } from './guards/index.ts';
import type { Subject } from './subject.ts';

/** What the rungs of one verification share: the subject, and what each has found so far. */
export interface Ascent {
  readonly subject: Subject;
  /** One line for people about what runs now. */
  detail: (line: string) => void;
  findings: Finding[];
  surface: string[];
  /** What no rung could look at, one sentence each. */
  not_covered: string[];
  tests: TestComparison | null;
  behaviour: BehaviourEvidence | null;
  /** What was recorded and tried, for the rung that asks what the check is worth. */
  replay: { captured: Captured; changed: ChangedFunction[]; kept_sessions: NonNullable<StrengthRequest['kept_sessions']> } | null;
  /** Every paired measurement, in the order taken. */
  measurements: PairedResult[];
  /** The certifying measurement. */
  claim: PairedResult | null;
  callgrind: MeasurementEvidence['callgrind'];
  growth: MeasurementEvidence['growth'];
}

export const startAscent = (subject: Subject, detail: Ascent['detail']): Ascent => ({
  subject,
  detail,
  findings: [],
  surface: [],
  not_covered: [],
  tests: null,
  behaviour: null,
  replay: null,
  measurements: [],
  claim: null,
  callgrind: [],
  growth: null,
});
