import type { MeasuredWorkload } from '@codeoptima/measurement';

/** A workload before it was tried: where it came from and how much it weighs. */
export interface Draft {
  workload: MeasuredWorkload;
  weight: number;
}

/** At most this many workloads go on to verification: each candidate is measured on all of them. */
export const WORKLOADS_MAX = 6;
