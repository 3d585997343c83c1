import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonErrorPosition } from './json-position.ts';

test('agrees with JSON.parse on what is JSON', () => {
  const pieces = ['{', '}', '[', ']', ',', ':', '"a"', '"\\u00e4"', '1', '-0.5e3', 'true', 'null', ' ', '\n', '01', "'", '"\t"', 'nul'];
  let seed = 12_345;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let valid = 0;
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from({ length: 1 + random(6) }, () => pieces[random(pieces.length)]).join('');
    let isJson = true;
    try {
      JSON.parse(text);
      valid++;
    } catch {
      isJson = false;
    }
    assert.equal(jsonErrorPosition(text) === null, isJson, JSON.stringify(text));
  }
  assert.ok(valid > 500, `${valid} texts were JSON`);
});

test('points at the first wrong token', () => {
  assert.equal(jsonErrorPosition('{"a": oops}'), 6);
  assert.equal(jsonErrorPosition('{"a": 1,}'), 8);
  assert.equal(jsonErrorPosition('[1 2]'), 3);
  assert.equal(jsonErrorPosition('{"a": 1'), 7);
  assert.equal(jsonErrorPosition('{} x'), 3);
});
