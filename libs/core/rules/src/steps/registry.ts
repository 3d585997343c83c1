import * as accumulator from './accumulator.ts';
import * as basic from './basic.ts';
import * as equality from './equality.ts';
import * as loops from './loops.ts';
import * as reduce from './reduce.ts';
import type { Step } from './step.ts';

/** Every step a rule file may name. */
export const STEPS = { ...basic, ...loops, ...equality, ...accumulator, ...reduce } satisfies Record<
  string,
  Step | unknown
> as unknown as Record<string, Step>;
export type StepName = string;
