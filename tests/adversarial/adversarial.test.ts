import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases, judge } from './judge.ts';
import { NOT_YET_FOUND } from './not-yet-found.ts';

// The rungs up to behaviour decide here; bench/verifier/adversarial.ts climbs the whole ladder, a minute a candidate.
const SEARCH_INPUTS = 300;

for (const name of await cases('broken')) {
  const missed = NOT_YET_FOUND[name];
  test(`fast and wrong: ${name} is not accepted`, missed === undefined ? {} : { todo: missed }, async () => {
    const { verdict, reason } = await judge('broken', name, { whole: false, search_inputs_max: SEARCH_INPUTS });
    assert.notEqual(verdict, 'certified', reason);
  });
}

for (const name of await cases('sound')) {
  test(`sound: ${name} passes guards, tests and behaviour`, async () => {
    const { verdict, reason } = await judge('sound', name, { whole: false, search_inputs_max: SEARCH_INPUTS });
    assert.equal(verdict, 'certified', reason);
  });
}
