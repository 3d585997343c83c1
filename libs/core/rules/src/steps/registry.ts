import * as accumulator from './accumulator.ts';
import * as basic from './basic.ts';
import * as callbacks from './callbacks.ts';
import * as chain from './chain.ts';
import * as dedupe from './dedupe.ts';
import * as equality from './equality.ts';
import * as hoisting from './hoisting.ts';
import * as loops from './loops.ts';
import * as moduleConstants from './module-constants.ts';
import * as objects from './objects.ts';
import * as order from './order.ts';
import * as queue from './queue.ts';
import * as recursion from './recursion.ts';
import * as reduce from './reduce.ts';
import * as strings from './strings.ts';
import type { Step } from './step.ts';

const isStep = (value: unknown): value is Step => typeof value === 'function';

/** Every step a rule file may name: what the step modules export under a name in snake case. */
export const STEPS: ReadonlyMap<string, Step> = new Map(
  [
    accumulator,
    basic,
    callbacks,
    chain,
    dedupe,
    equality,
    hoisting,
    loops,
    moduleConstants,
    objects,
    order,
    queue,
    recursion,
    reduce,
    strings,
  ].flatMap((module) =>
    Object.entries(module).flatMap(([name, value]): [string, Step][] => (isStep(value) && /^[a-z_]+$/.test(name) ? [[name, value]] : [])),
  ),
);
