import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { runNodeTests, writeRepository } from '../cases/case-repository.ts';
import type { IteratorNode } from '../runtime/graph.ts';
import { type Captured, captureCalls } from './capture-calls.ts';

const source = `'use strict';
exports.some = (source, count) => { const out = []; for (const value of source) { out.push(value); if (out.length === count) break; } return out; };
exports.limit = function* (source, count) { for (const value of source) { if (count-- <= 0) return; yield value; } };
exports.gather = async (source) => { const out = []; for await (const value of source) out.push(value); return out; };
exports.locked = (source) => typeof source.next;
`;

const test = `const { test } = require('node:test');
const assert = require('node:assert');
const lib = require('../src/lib.js');
test('all', async () => {
  const offset = 5;
  function* numbers() { for (let i = offset; i < 8; i++) yield { i }; return 'end'; }
  const made = numbers();
  assert.equal(lib.some(made, 9).length, 3);
  assert.deepEqual(Reflect.ownKeys(made), []);
  assert.deepEqual(lib.some(new Map([['a', 1]]).keys(), 2), ['a']);
  let at = 0;
  const own = { next: () => ({ value: at++, done: false }), [Symbol.iterator]() { return this; } };
  const { next } = own;
  assert.deepEqual(lib.some(own, 2), [0, 1]);
  assert.deepEqual([own.next().value, own.next().value], [2, 3]);
  assert.deepEqual([...lib.limit([7, 8, 9].values(), 1)], [7]);
  async function* failing() { yield 1; throw new Error('no more'); }
  await assert.rejects(lib.gather(failing()), /no more/);
  assert.equal(lib.locked(Object.freeze([1].values())), 'function');
});
`;

describe('iterators that are handed in', () => {
  let captured: Captured;
  let dir = '';
  const nodesOf = (symbol: string): IteratorNode[] =>
    captured.sessions
      .filter((session) => session.level === 'entry' && captured.manifest.functions[session.steps.at(-1)?.id ?? -1]?.symbol === symbol)
      .flatMap(({ nodes, steps }) => {
        const [source] = steps.at(-1)?.args ?? [];
        const node = typeof source === 'object' && source !== null && 'r' in source ? nodes[source.r] : undefined;
        return node?.k === 'iterator' ? [node] : [];
      });
  before(async () => {
    dir = writeRepository({ 'package.json': '{"name":"sources","main":"src/lib.js"}', 'src/lib.js': source, 'test/lib.test.cjs': test });
    captured = await captureCalls({ dir, changed: 'all-own', seed: 1, runTests: runNodeTests });
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('are carried by what they gave, how they ended, and the methods they have', () => {
    const forms = nodesOf('some').map(({ form, tag, has, items, ends }) => ({ form, tag, has, count: items.length, ends }));
    const has = ['return', 'throw'];
    assert.deepEqual(
      forms.toSorted((a, b) => a.form.localeCompare(b.form)),
      [
        { form: 'generator', tag: undefined, has, count: 3, ends: { ret: 'end' } },
        { form: 'iterator', tag: 'Map Iterator', has: [], count: 1, ends: { ret: { p: 'undefined' } } },
        // What was asked for behind the call shows what would have come.
        { form: 'object', tag: undefined, has: [], count: 4, ends: undefined },
      ],
    );
  });

  it('are listened to while a generator asks them, later than its call', () => {
    assert.deepEqual(
      nodesOf('limit').map(({ items }) => items),
      [[7, 8]],
    );
  });

  it('are carried with the error they ended with', () => {
    const [node] = nodesOf('gather');
    assert.equal(node?.async, true);
    assert.deepEqual(node?.items, [1]);
    assert.ok(node?.ends && 'throw' in node.ends);
  });

  it('are counted where they cannot be listened to', () => {
    const locked = captured.functions.find(({ meta }) => meta.symbol === 'locked');
    assert.deepEqual([locked?.sessions_kept, locked?.not_carried['iterator']], [0, 1], JSON.stringify(locked));
  });
});
