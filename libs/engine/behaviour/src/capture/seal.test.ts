import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '../runtime/graph.ts';
import { neededForWorkloads, sealedKeys } from './seal.ts';

const session = (key: string, items: number): Session => ({
  key,
  level: 'entry',
  targets: [0],
  steps: [{ op: 'call', id: 0, self: { p: 'undefined' }, args: [{ r: 0 }] }],
  nodes: [{ k: 'array', items: Array.from({ length: items }, (_, i) => `${key} ${i}`) }],
});
const ten = Array.from({ length: 10 }, (_, i) => session(`e${i}`, i));

test('a share is held back, another one under another secret, the same whatever the order', () => {
  const one = sealedKeys(ten, 'one', () => false);
  assert.equal(one.size, 3);
  assert.deepEqual([...sealedKeys([...ten].reverse(), 'one', () => false)].sort(), [...one].sort());
  const others = ['two', 'three', 'four'].map((secret) => [...sealedKeys(ten, secret, () => false)].sort().join());
  assert.ok(others.some((keys) => keys !== [...one].sort().join()));
});

test('what was shown is not held back, and a workload keeps the largest call', () => {
  assert.ok(!sealedKeys(ten, 'one', (item) => item.key === 'e1' || item.key === 'e2').has('e1'));
  const needed = neededForWorkloads(ten);
  assert.deepEqual(
    ten.filter((item) => needed(item)).map((item) => item.key),
    ['e9'],
  );
  assert.equal(sealedKeys(ten.slice(0, 2), 'one', neededForWorkloads(ten.slice(0, 2))).size, 0);
  assert.equal(sealedKeys(ten.slice(0, 2), 'one', () => false).size, 1);
});
