import { TASKS } from '@codeoptima/contracts';
import type { z } from 'zod';

export interface TaskContract {
  readonly payload: z.ZodType;
  readonly result: z.ZodType;
}

/** Schemas that a workflow file may name. What does not fit them never enters a log. */
export const TASK_CONTRACTS: Readonly<Record<string, TaskContract>> = TASKS;
