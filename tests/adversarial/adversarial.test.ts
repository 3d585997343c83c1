import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cases, judge } from './judge.ts';
import { NOT_YET_FOUND } from './not-yet-found.ts';

// The rungs up to behaviour decide here; bench/verifier/adversarial.ts climbs the whole ladder, a minute a candidate. Inputs are counted, not
// timed, so that a slow machine tries the same ones; sound candidates need a look at each kind of input, broken ones a search.
const INPUTS = { broken: 300, sound: 120 };
/** Starting processes leaves the cores idle: three at once fill two of them. */
const AT_ONCE = 3;

const broken = await cases('broken');
const sound = await cases('sound');

test('there are at least 60 candidates of each kind', () => {
  assert.ok(broken.length >= 60 && sound.length >= 60, `${broken.length} broken, ${sound.length} sound`);
});

describe('fast and wrong', { concurrency: AT_ONCE }, () => {
  for (const name of broken) {
    const missed = NOT_YET_FOUND[name];
    test(`${name} is not accepted`, missed === undefined ? {} : { todo: missed }, async () => {
      const { verdict, reason } = await judge('broken', name, { whole: false, search_inputs_max: INPUTS.broken });
      assert.notEqual(verdict, 'certified', reason);
    });
  }
});

describe('sound', { concurrency: AT_ONCE }, () => {
  for (const name of sound)
    test(`${name} passes guards, tests and behaviour`, async () => {
      const { verdict, reason } = await judge('sound', name, { whole: false, search_inputs_max: INPUTS.sound });
      assert.equal(verdict, 'certified', reason);
    });
});
