import {
  BaselinePayload,
  BaselineResult,
  HotspotsPayload,
  HotspotsResult,
  MergePayload,
  MergeResult,
  ProposePayload,
  ProposeResult,
  ReviewPayload,
  ReviewResult,
  VerifyPayload,
  VerifyResult,
} from '@codeoptima/contracts';
import type { z } from 'zod';

export interface TaskContract {
  readonly payload: z.ZodType;
  readonly result: z.ZodType;
}

/** Schemas that a workflow file may name. What does not fit them never enters a log. */
export const TASK_CONTRACTS: Readonly<Record<string, TaskContract>> = {
  baseline: { payload: BaselinePayload, result: BaselineResult },
  hotspots: { payload: HotspotsPayload, result: HotspotsResult },
  propose: { payload: ProposePayload, result: ProposeResult },
  verify: { payload: VerifyPayload, result: VerifyResult },
  review: { payload: ReviewPayload, result: ReviewResult },
  merge: { payload: MergePayload, result: MergeResult },
};
