import { Candidate, Check, Verdict } from '@codeoptima/contracts';
import { z } from 'zod';
import { BehaviourEvidence } from './behaviour.ts';
import { MeasurementEvidence } from './measurement.ts';

const TestCounts = z.looseObject({ total: z.number().int().nonnegative(), passed: z.number().int().nonnegative() });

/** The repository's own tests on both versions. */
export const TestComparison = z.looseObject({
  before: TestCounts,
  after: TestCounts,
  /** Ids in the gate that passed before and do not pass now. */
  regressed: z.array(z.string()),
});
export type TestComparison = z.infer<typeof TestComparison>;

/** What a guard found in the text of the change. */
export const GuardFinding = z.looseObject({
  guard: z.string(),
  severity: z.enum(['refused', 'needs_person']),
  file: z.string(),
  line: z.number().int().nonnegative(),
  message: z.string(),
});
export type GuardFinding = z.infer<typeof GuardFinding>;

/**
 * Everything about one candidate that a reader needs to believe or refute the verdict; written by the verifier, read by the reports.
 * Unknown keys are kept, so a writer may add raw results of its own.
 */
export const CandidateEvidence = z.looseObject({
  candidate: Candidate,
  verdict: Verdict,
  /** One sentence: why. */
  reason: z.string(),
  checks: z.array(Check),
  /** The change as unified diff text, git apply -p1. */
  patch: z.string(),
  measurement: MeasurementEvidence.nullable(),
  behaviour: BehaviourEvidence.nullable(),
  tests: TestComparison.nullable(),
  findings: z.array(GuardFinding).default([]),
  /** Differences of what others can see without running it: exports, signatures, messages, public types. */
  surface: z.array(z.string()).default([]),
  /** What no rung could look at, one sentence each; gaps of the replay stand in `behaviour.uncovered`. */
  not_covered: z.array(z.string()).default([]),
  /** Seeds of every random choice, by purpose. */
  seeds: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
  /** Runtime flags by measurement mode, such as `stabilised: ["--predictable"]`. */
  flags: z.record(z.string(), z.array(z.string())).default({}),
  /** Wall time in milliseconds by rung. */
  durations_ms: z.record(z.string(), z.number()).default({}),
  /** Command that reproduces the figure; null when nothing was measured. */
  reproduce: z.string().nullable().default(null),
});
/** As read back, every default filled in. */
export type CandidateEvidence = z.infer<typeof CandidateEvidence>;
/** As written: fields with a default may be left out. */
export type CandidateEvidenceInput = z.input<typeof CandidateEvidence>;
