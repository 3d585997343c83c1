import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pcg32 } from './pcg32.ts';
import {
  DEFAULT_PLAN,
  INITIAL_SEQUENCE,
  isImproved,
  observePair,
  type SequencePlan,
  type SequenceState,
  validatePlan,
} from './sequence.ts';

const plan: SequencePlan = { ...DEFAULT_PLAN, target_pct: 5 };

/** Roughly normal noise from twelve uniforms. */
function normal(random: Pcg32): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random.nextFraction();
  return sum;
}

function run(random: Pcg32, effect: number, sd: number, using = plan): SequenceState {
  let state = INITIAL_SEQUENCE;
  while (state.stopped === null) state = observePair(using, state, effect + sd * normal(random));
  return state;
}

test('a clear win is claimed at the first look', () => {
  const state = run(new Pcg32(1), Math.log(2), 0.02);
  assert.equal(state.stopped, 'claimed');
  assert.equal(state.log_ratios.length, 10);
  const look = state.looks[0];
  assert.ok(look && look.provable_pct !== null && look.provable_pct > 45 && look.provable_pct <= look.estimate_pct);
  assert.ok(look.lower_pct <= look.provable_pct && look.upper_pct >= look.estimate_pct);
});

test('identical code with little noise is dropped at the first look', () => {
  const state = run(new Pcg32(2), 0, 0.01);
  assert.equal(state.stopped, 'hopeless');
  assert.equal(state.log_ratios.length, 10);
});

test('a real gain below half the target is no improvement', () => {
  const state = run(new Pcg32(3), 0.015, 0.002);
  assert.equal(isImproved(state), false);
  assert.ok((state.looks.at(-1)?.p ?? 1) < 0.0025);
});

test('goes on for the claim only when it may be proved, and stops at once when told to', () => {
  const steady = { ...plan, stop_at: 'first_rejection' as const };
  const near = (using: SequencePlan) => run(new Pcg32(5), Math.log(1.065), 0.02, using);
  assert.equal(near(steady).stopped, 'improved');
  assert.equal(near(steady).log_ratios.length, 10);
  const on = near(plan);
  assert.ok(on.log_ratios.length > 10 || on.stopped === 'claimed' || (on.looks[0]?.estimate_pct ?? 9) < 5);
});

test('false alarms stay under the sum of the looks, power is high at the target', () => {
  const seed = 77;
  const random = new Pcg32(seed);
  const trials = 1500;
  let alarms = 0;
  let found = 0;
  for (let i = 0; i < trials; i++) {
    if (isImproved(run(random, 0, 0.08))) alarms++;
    if (isImproved(run(random, Math.log(1 / 0.95), 0.03))) found++;
  }
  assert.ok(alarms / trials <= 0.015, `seed ${seed}: ${alarms} false alarms of ${trials}`);
  assert.ok(found / trials >= 0.95, `seed ${seed}: ${found} found of ${trials}`);
});

test('identical code with much noise is given up early, and hope is kept where the claim is still within reach', () => {
  const random = new Pcg32(79);
  let pairs = 0;
  let kept = 0;
  const trials = 400;
  for (let i = 0; i < trials; i++) {
    pairs += run(random, 0, 0.12).log_ratios.length;
    if (isImproved(run(random, Math.log(1 / 0.92), 0.025))) kept++;
  }
  assert.ok(pairs / trials < 16, `${pairs / trials} pairs on average`);
  assert.ok(kept / trials >= 0.97, `${kept} of ${trials}`);
});

test('refuses broken plans and pairs after the end', () => {
  assert.throws(() => validatePlan({ ...plan, looks: [] }), RangeError);
  assert.throws(() => validatePlan({ ...plan, looks: [10, 10] }), RangeError);
  assert.throws(() => validatePlan({ ...plan, alpha_per_look: 0 }), RangeError);
  assert.throws(() => validatePlan({ ...plan, target_pct: 100 }), RangeError);
  assert.throws(() => observePair(plan, { ...INITIAL_SEQUENCE, stopped: 'exhausted' }, 0), RangeError);
});
