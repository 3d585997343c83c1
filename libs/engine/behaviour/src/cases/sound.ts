import type { BehaviourCase } from './case-repository.ts';

/** Changes that are faster and keep behaviour: none may be refused. */
export const soundCases: BehaviourCase[] = [
  {
    name: 'a Set for the lookups of a difference',
    base: `exports.without = (list, drop) => list.filter((item) => !drop.includes(item));`,
    candidate: `exports.without = (list, drop) => { const gone = new Set(drop); return list.filter((item) => !gone.has(item)); };`,
    test: `assert.deepEqual(lib.without(['a', 'b'], ['b']), ['a']); assert.deepEqual(lib.without([], []), []);`,
  },
  {
    name: 'a push in place of a spread',
    base: `exports.squares = (list) => list.reduce((out, value) => [...out, value * value], []);`,
    candidate: `exports.squares = (list) => list.reduce((out, value) => { out.push(value * value); return out; }, []);`,
    test: `assert.deepEqual(lib.squares([1, 2, 3]), [1, 4, 9]); assert.deepEqual(lib.squares([]), []);`,
  },
  {
    name: 'a regular expression made once',
    base: `exports.slug = (text) => text.toLowerCase().replace(new RegExp('[^a-z0-9]+', 'g'), '-');`,
    candidate: `const gaps = /[^a-z0-9]+/g;
exports.slug = (text) => text.toLowerCase().replace(gaps, '-');`,
    test: `assert.equal(lib.slug('Hello, World'), 'hello-world'); assert.equal(lib.slug(''), '');`,
  },
  {
    name: 'a Map in place of a nested search',
    file: 'src/lib.ts',
    base: `export interface Item { id: string; owner: string }
export function owners(items: Item[], ids: string[]): string[] { return ids.map((id) => items.find((item) => item.id === id)?.owner ?? 'nobody'); }`,
    candidate: `export interface Item { id: string; owner: string }
export function owners(items: Item[], ids: string[]): string[] {
  const byId = new Map<string, string>();
  for (const item of items) if (!byId.has(item.id)) byId.set(item.id, item.owner);
  return ids.map((id) => byId.get(id) ?? 'nobody');
}`,
    test: `assert.deepEqual(lib.owners([{ id: 'a', owner: 'x' }, { id: 'b', owner: 'y' }], ['b', 'z']), ['y', 'nobody']);`,
  },
  {
    name: 'an index in place of shift, private state',
    file: 'src/lib.ts',
    base: `export class Queue<T> { private items: T[] = []; add(item: T): void { this.items.push(item); } take(): T | undefined { return this.items.shift(); } get size(): number { return this.items.length; } }`,
    candidate: `export class Queue<T> { private items: T[] = []; private head = 0; add(item: T): void { this.items.push(item); }
  take(): T | undefined { if (this.head >= this.items.length) return undefined; const item = this.items[this.head]; this.items[this.head++] = undefined as never; if (this.head > 32 && this.head * 2 > this.items.length) { this.items = this.items.slice(this.head); this.head = 0; } return item; } get size(): number { return this.items.length - this.head; } }`,
    test: `const queue = new lib.Queue(); queue.add('a'); queue.add('b'); assert.equal(queue.take(), 'a'); assert.equal(queue.size, 1); assert.equal(queue.take(), 'b'); assert.equal(queue.take(), undefined);`,
  },
  {
    name: 'an invariant taken out of the loop',
    base: `exports.prefixAll = (list, prefix) => { const out = []; for (let i = 0; i < list.length; i++) out.push(prefix.trim().toUpperCase() + list[i]); return out; };`,
    candidate: `exports.prefixAll = (list, prefix) => { const out = []; if (list.length === 0) return out; const start = prefix.trim().toUpperCase(); for (let i = 0; i < list.length; i++) out.push(start + list[i]); return out; };`,
    test: `assert.deepEqual(lib.prefixAll(['a'], ' x '), ['Xa']); assert.deepEqual(lib.prefixAll([], 'x'), []);`,
  },
  {
    name: 'one pass in place of a chain',
    base: `export const total = (orders) => orders.filter((order) => order.paid).map((order) => order.amount).reduce((sum, amount) => sum + amount, 0);`,
    candidate: `export const total = (orders) => { let sum = 0; for (const order of orders) if (order.paid) sum += order.amount; return sum; };`,
    test: `assert.equal(lib.total([{ paid: true, amount: 2 }, { paid: false, amount: 5 }]), 2); assert.equal(lib.total([]), 0);`,
  },
  {
    name: 'a closure factory with a counter',
    base: `exports.counter = (step) => { const seen = []; return { next: () => { seen.push(step); return seen.reduce((a, b) => a + b, 0); } }; };`,
    candidate: `exports.counter = (step) => { let sum = 0; return { next: () => (sum += step) }; };`,
    test: `const one = lib.counter(2); assert.equal(one.next(), 2); assert.equal(one.next(), 4);`,
  },
  {
    name: 'limited concurrency with another queue',
    base: `exports.limiter = (max) => { const queue = []; let active = 0; const next = () => { active--; if (queue.length > 0) queue.shift()(); };
  const run = async (fn, resolve, args) => { active++; const result = (async () => fn(...args))(); resolve(result); try { await result; } catch {} next(); };
  return (fn, ...args) => new Promise((resolve) => { queue.push(() => run(fn, resolve, args)); (async () => { await Promise.resolve(); if (active < max && queue.length > 0) queue.shift()(); })(); }); };`,
    candidate: `class Node_ { constructor(value) { this.value = value; this.next = undefined; } }
class List { constructor() { this.head = undefined; this.tail = undefined; this.length = 0; } push(value) { const node = new Node_(value); if (this.tail) this.tail.next = node; else this.head = node; this.tail = node; this.length++; } shift() { const node = this.head; this.head = node.next; if (!this.head) this.tail = undefined; this.length--; return node.value; } }
exports.limiter = (max) => { const queue = new List(); let active = 0; const next = () => { active--; if (queue.length > 0) queue.shift()(); };
  const run = async (fn, resolve, args) => { active++; const result = (async () => fn(...args))(); resolve(result); try { await result; } catch {} next(); };
  return (fn, ...args) => new Promise((resolve) => { queue.push(() => run(fn, resolve, args)); (async () => { await Promise.resolve(); if (active < max && queue.length > 0) queue.shift()(); })(); }); };`,
    test: `const limit = lib.limiter(1); assert.deepEqual(await Promise.all([limit(() => 1), limit(async (x) => x, 2)]), [1, 2]);`,
  },
  {
    name: 'a generator without a copy',
    base: `export function* pairs(list) { const rest = [...list]; while (rest.length > 1) { const left = rest.shift(); yield [left, rest[0]]; } }`,
    candidate: `export function* pairs(list) { const rest = [...list]; for (let i = 0; i + 1 < rest.length; i++) yield [rest[i], rest[i + 1]]; }`,
    test: `assert.deepEqual([...lib.pairs([1, 2, 3])], [[1, 2], [2, 3]]); assert.deepEqual([...lib.pairs([])], []);`,
  },
];
