import type { z } from 'zod';
import { BaselinePayload, BaselineResult } from './baseline.ts';
import { HotspotsPayload, HotspotsResult } from './hotspots.ts';
import { ProposePayload, ProposeResult } from './propose.ts';
import { MergePayload, MergeResult, ReviewPayload, ReviewResult } from './review.ts';
import { VerifyPayload, VerifyResult } from './verify.ts';

/** What goes into each task and comes out of it. */
export const TASKS = {
  baseline: { payload: BaselinePayload, result: BaselineResult },
  hotspots: { payload: HotspotsPayload, result: HotspotsResult },
  propose: { payload: ProposePayload, result: ProposeResult },
  verify: { payload: VerifyPayload, result: VerifyResult },
  review: { payload: ReviewPayload, result: ReviewResult },
  merge: { payload: MergePayload, result: MergeResult },
} as const;

export type TaskName = keyof typeof TASKS;
export type PayloadOf<T extends TaskName> = z.infer<(typeof TASKS)[T]['payload']>;
export type ResultOf<T extends TaskName> = z.infer<(typeof TASKS)[T]['result']>;

export const isTask = (name: string): name is TaskName => Object.hasOwn(TASKS, name);
