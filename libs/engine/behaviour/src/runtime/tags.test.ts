import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { Encoder } from './encode.ts';
import { isAsyncIterator, isIterator } from './outcomes.ts';
import { tagOf } from './tags.ts';

class Named {
  asked = 0;
  get [Symbol.toStringTag](): string {
    this.asked++;
    return 'WeakRef';
  }
}

test('the tags of the language and the host are told, of any realm', () => {
  const foreign = runInNewContext('new WeakRef({})') as object;
  class Own extends Iterator<number> {
    override next(): IteratorResult<number> {
      return { done: true, value: undefined };
    }
  }
  const values = [{}, [], new Map().keys(), new WeakRef({}), foreign, new AbortController().signal, new Uint8Array(1), new Own()];
  const tags = ['Object', 'Array', 'Map Iterator', 'WeakRef', 'WeakRef', 'AbortSignal', 'Uint8Array', 'Iterator'];
  assert.deepEqual(values.map(tagOf), tags);
  assert.equal(tagOf(Object.create({ [Symbol.toStringTag]: 'Mine' }) as object), 'Mine');
  assert.equal(tagOf(Object.create(null) as object), 'Object');
});

test('a getter or a proxy of the code is not asked', () => {
  const value = new Named();
  const trapped = new Proxy({}, { get: () => assert.fail('a trap was run') });
  assert.equal(tagOf(value), '');
  assert.equal(tagOf(trapped), '');
  assert.equal(tagOf(Object.create(trapped) as object), '');
  assert.equal(isIterator(value) || isAsyncIterator(value), false);
  const encoder = new Encoder({ limit_nodes: 100, limit_text: 100, classId: () => undefined });
  encoder.value(value);
  assert.equal(value.asked, 0);
});

test('an iterator that tells its name by a getter is known by its methods', () => {
  class Rows extends Named {
    next(): IteratorResult<number> {
      return { done: true, value: undefined };
    }
    [Symbol.iterator](): this {
      return this;
    }
  }
  const rows = new Rows();
  assert.equal(isIterator(rows), true);
  assert.equal(rows.asked, 0);
});

test('an object whose tag cannot be asked is carried like any other', () => {
  const value = {
    a: 1,
    get [Symbol.toStringTag](): string {
      throw new Error('not now');
    },
  };
  const encoder = new Encoder({ limit_nodes: 100, limit_text: 100, canonical: true, classId: () => undefined });
  encoder.value(value);
  assert.equal(encoder.nodes[0]?.k, 'object');
});
