import * as accumulator from './accumulator.ts';
import * as basic from './basic.ts';
import * as equality from './equality.ts';
import * as loops from './loops.ts';
import * as reduce from './reduce.ts';
import type { Step } from './step.ts';

const isStep = (value: unknown): value is Step => typeof value === 'function';

/** Every step a rule file may name: what the step modules export under a name in snake case. */
export const STEPS: ReadonlyMap<string, Step> = new Map(
  [basic, loops, equality, accumulator, reduce].flatMap((module) =>
    Object.entries(module).flatMap(([name, value]): [string, Step][] => (isStep(value) && /^[a-z_]+$/.test(name) ? [[name, value]] : [])),
  ),
);
