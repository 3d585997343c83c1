import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meddle } from './meddle.ts';

test('what is handed in as a collection gets one more or one less, and stays of its kind', () => {
  const all = (): unknown[] => [[{ id: 1 }, { id: 2 }], new Set(['a']), new Map([[1, 'x']]), 'text', null];
  const [more, less] = [all(), all()];
  meddle(more, 'add');
  meddle(less, 'remove');
  assert.deepEqual(more, [
    [{ id: 1 }, { id: 2 }, { id: 1 }],
    new Set(['a', 'a+']),
    new Map([
      [1, 'x'],
      [2, 'x'],
    ]),
    'text',
    null,
  ]);
  assert.deepEqual(less, [[{ id: 1 }], new Set(), new Map(), 'text', null]);
});

test('what may not change does not', () => {
  const frozen = Object.freeze([1]);
  meddle([frozen], 'add');
  assert.deepEqual(frozen, [1]);
});
