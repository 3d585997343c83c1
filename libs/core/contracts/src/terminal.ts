import { z } from 'zod';

/** Ends of a run. Each is entered once, with a reason, the cost and the evidence. */
export const TERMINAL_STATES = [
  'succeeded',
  'rejected',
  'no_gain',
  'budget_exhausted',
  'iterations_exhausted',
  'timed_out',
  'baseline_failed',
  'stuck',
  'killed',
  'cancelled',
  'failed',
] as const;

export const TerminalState = z.enum(TERMINAL_STATES);
export type TerminalState = z.infer<typeof TerminalState>;

/** Exit codes of `codeoptima run` (and of what waits for a run). */
export const EXIT_CODES: Record<TerminalState | 'awaiting_signoff', number> = {
  succeeded: 0,
  awaiting_signoff: 0,
  no_gain: 10,
  baseline_failed: 11,
  budget_exhausted: 12,
  iterations_exhausted: 12,
  timed_out: 12,
  rejected: 13,
  cancelled: 13,
  killed: 14,
  stuck: 14,
  failed: 1,
};

/** Exit code for input that cannot be used. */
export const EXIT_BAD_INPUT = 2;
