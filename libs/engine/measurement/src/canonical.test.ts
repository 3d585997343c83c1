import assert from 'node:assert/strict';
import { test } from 'node:test';

type Canonical = (value: unknown) => { sha256: string; preview: string };
const { canonical } = (await import(new URL('../harness/canonical.mjs', import.meta.url).href)) as { canonical: Canonical };
const hash = (value: unknown) => canonical(value).sha256;

class Point {
  x = 1;
}
const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;
const shared = { a: 1 };

/** Each value differs from every other one. */
const DISTINCT: unknown[] = [
  undefined,
  null,
  0,
  -0,
  Number.NaN,
  1,
  '1',
  1n,
  true,
  '',
  '\ud800',
  '\ud801',
  '\ufffd',
  Symbol('s'),
  Symbol.for('s'),
  [],
  [undefined],
  // oxlint-disable-next-line no-sparse-arrays
  [,],
  {},
  Object.create(null),
  { a: 1, b: 2 },
  { b: 2, a: 1 },
  { a: undefined },
  new Point(),
  { x: 1 },
  new Map([[1, 2]]),
  new Map([[2, 1]]),
  new Set([1, 2]),
  new Set([2, 1]),
  new Date(0),
  new Date(1),
  /a/g,
  /a/i,
  new Uint8Array([1, 2]),
  new Int8Array([1, 2]),
  new Uint8Array([1, 2, 3]),
  new Uint8Array([1, 2]).buffer,
  new Error('a'),
  new TypeError('a'),
  new Error('b'),
  cyclic,
  [shared, shared],
  [{ a: 1 }, { a: 1 }],
  { a: '1;u' },
  Object(1),
  Object('1'),
  () => 1,
  {
    get a() {
      return 1;
    },
  },
  Object.defineProperty({}, 'a', { value: 1 }),
];

test('values that differ deeply have different hashes', () => {
  const seen = new Map<string, number>();
  for (const [index, value] of DISTINCT.entries()) {
    const key = hash(value);
    assert.equal(seen.get(key), undefined, `values ${seen.get(key)} and ${index} have the same hash`);
    seen.set(key, index);
  }
});

test('equal values built apart have the same hash', () => {
  const holes = () => {
    const list: unknown[] = [1];
    list[2] = 'x';
    return list;
  };
  const build = () => ({
    list: [holes(), new Map<unknown, unknown>([[{ k: 1 }, new Set([Number.NaN])]])],
    when: new Date(5),
    err: new RangeError('no'),
  });
  assert.equal(hash(build()), hash(build()));
  const regexp = /x/g;
  regexp.test('x');
  assert.notEqual(hash(regexp), hash(/x/g));
});

test('deep and large values do not overflow the stack', () => {
  let list: unknown = null;
  for (let i = 0; i < 200_000; i++) list = { next: list };
  assert.equal(hash(list).length, 64);
  assert.ok(canonical(Array.from({ length: 50_000 }, (_, i) => i)).preview.length <= 8000);
});
