import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHANNEL_WEIGHTS } from '@codeoptima/embedding';
import { likeness, recency, weightsOf } from './likeness.ts';

test('weights add up to one, fall back to the embedding, and refuse what is no share', () => {
  assert.deepEqual(weightsOf({ code: 3, quality: 1 }), { code: 0.75, structure: 0, performance: 0, context: 0, quality: 0.25 });
  assert.equal(weightsOf({ code: 0 }), CHANNEL_WEIGHTS);
  assert.equal(weightsOf(undefined), CHANNEL_WEIGHTS);
  for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => weightsOf({ code: bad }), /weights/);
});

test('likeness is the weighted mean over the channels the query has', () => {
  const weights = weightsOf({ code: 1, structure: 3 });
  assert.equal(likeness({ code: [1, 0], structure: [1, 0] }, { code: [0, 2], structure: [5, 0] }, weights).score, 0.75);
  assert.equal(likeness({ code: [1, 0] }, { code: [2, 0], structure: [5, 0] }, weights).score, 1);
  assert.deepEqual(likeness({ code: [1, 0] }, { structure: [5, 0] }, weights), { score: 0, channels: { code: 0 } });
});

test('recency halves with each half-life and never rewards the future', () => {
  assert.equal(recency(10_000, 10), 0.5);
  assert.equal(recency(20_000, 10), 0.25);
  assert.equal(recency(-5, 10), 1);
  assert.equal(recency(1e12, 0), 1);
});
