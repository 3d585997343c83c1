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
    name: 'a release with another label',
    base: `(() => { function first(text) { return this.clean(text.split(',')[0]); }
function lib(text) { return text.trim(); } lib.first = first; lib.clean = lib; lib.VERSION = '1.9.0'; module.exports = lib; })();`,
    candidate: `(() => { function first(text) { const at = text.indexOf(','); return this.clean(at < 0 ? text : text.slice(0, at)); }
function lib(text) { return text.trim(); } lib.first = first; lib.clean = lib; lib.VERSION = '1.9.1'; module.exports = lib; })();`,
    test: `assert.equal(lib.first('a,b'), 'a'); assert.equal(lib.first('ab'), 'ab'); assert.equal(lib(' x'), 'x');`,
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
  {
    name: 'a Set in place of filter and indexOf',
    base: `exports.unique = (list) => list.filter((item, index) => list.indexOf(item) === index);`,
    candidate: `exports.unique = (list) => { if (list.includes(undefined)) return list.filter((item, index) => list.indexOf(item) === index); return [...new Set(list)]; };`,
    test: `assert.deepEqual(lib.unique(['a', 'b', 'a']), ['a', 'b']); assert.deepEqual(lib.unique(['c']), ['c']);`,
  },
  {
    name: 'text before a separator without a split',
    base: `exports.before = (text) => text.split(':')[0];`,
    candidate: `exports.before = (text) => { const at = text.indexOf(':'); return at < 0 ? text : text.slice(0, at); };`,
    test: `assert.equal(lib.before('a:b'), 'a'); assert.equal(lib.before('x'), 'x');`,
  },
  {
    name: 'one concatenation of buffers',
    base: `exports.joinAll = (parts) => { let out = Buffer.alloc(0); for (const part of parts) out = Buffer.concat([out, part]); return out; };`,
    candidate: `exports.joinAll = (parts) => { const all = []; for (const part of parts) all.push(part); return Buffer.concat(all); };`,
    test: `assert.equal(lib.joinAll([Buffer.from('a'), Buffer.from('bc')]).toString(), 'abc'); assert.equal(lib.joinAll([]).length, 0);`,
  },
  {
    name: 'a loop in place of recursion',
    base: `exports.flatten = (list) => list.reduce((out, item) => out.concat(Array.isArray(item) ? exports.flatten(item) : [item]), []);`,
    candidate: `exports.flatten = (list) => { const out = []; const walk = (items) => { items.forEach((item) => { if (Array.isArray(item)) walk(item); else out.push(item); }); }; walk(list); return out; };`,
    test: `assert.deepEqual(lib.flatten([1, [2, [3]]]), [1, 2, 3]); assert.deepEqual(lib.flatten([]), []);`,
  },
  {
    name: 'character codes in place of a regular expression',
    base: `exports.isDigits = (text) => /^[0-9]+$/.test(text);`,
    candidate: `exports.isDigits = (text) => { if (typeof text !== 'string') return /^[0-9]+$/.test(text); for (let i = 0; i < text.length; i++) { const code = text.charCodeAt(i); if (code < 48 || code > 57) return false; } return text.length > 0; };`,
    test: `assert.equal(lib.isDigits('12'), true); assert.equal(lib.isDigits('a'), false); assert.equal(lib.isDigits(''), false);`,
  },
  {
    name: 'a sum kept up to date in a private field',
    base: `export class Basket { constructor() { this.items = []; } add(price) { this.items.push(price); return this; } get total() { return this.items.reduce((sum, price) => sum + price, 0); } }`,
    candidate: `export class Basket { #counted = 0; #sum = 0; constructor() { this.items = []; } add(price) { this.items.push(price); return this; } get total() { if (this.#counted > this.items.length) { this.#counted = 0; this.#sum = 0; } return this.items.reduce((sum, price) => sum + price, 0); } }`,
    test: `const basket = new lib.Basket(); basket.add(2).add(3); assert.equal(basket.total, 5); basket.add(1); assert.equal(basket.total, 6);`,
  },
  {
    name: 'a helper with another signature',
    base: `const pad = (text, width) => { let out = text; while (out.length < width) out = ' ' + out; return out; };
exports.column = (list, width) => list.map((item) => pad(String(item), width));`,
    candidate: `const spaces = (count) => ' '.repeat(count);
exports.column = (list, width) => { const whole = Math.ceil(width); return list.map((item) => { const text = String(item); return text.length < width ? spaces(whole - text.length) + text : text; }); };`,
    test: `assert.deepEqual(lib.column([1, 22], 3), ['  1', ' 22']); assert.deepEqual(lib.column([], 3), []);`,
  },
  {
    name: 'a lookup table in place of a chain of conditions',
    base: `exports.entity = (char) => { if (char === '&') return '&amp;'; if (char === '<') return '&lt;'; if (char === '>') return '&gt;'; return char; };`,
    candidate: `const table = new Map([['&', '&amp;'], ['<', '&lt;'], ['>', '&gt;']]);
exports.entity = (char) => table.get(char) ?? char;`,
    test: `assert.equal(lib.entity('<'), '&lt;'); assert.equal(lib.entity('a'), 'a');`,
  },
  {
    name: 'join in place of repeated addition',
    base: `exports.csv = (rows) => { let out = ''; for (const row of rows) { out += row.map((cell) => '"' + cell + '"').join(',') + '\\n'; } return out; };`,
    candidate: `exports.csv = (rows) => { const lines = []; for (const row of rows) { const cells = []; row.forEach((cell, index) => { cells[index] = '"' + cell + '"'; }); cells.length = row.length; lines.push(cells.join(',') + '\\n'); } return lines.join(''); };`,
    test: `assert.equal(lib.csv([['a', 'b'], ['c', 'd']]), '"a","b"\\n"c","d"\\n'); assert.equal(lib.csv([]), '');`,
  },
  {
    name: 'a typed function with overloaded options',
    file: 'src/lib.ts',
    base: `export interface Options { upper?: boolean; trim?: boolean }
export function clean(words: string[], options: Options = {}): string[] { return words.map((word) => { const settings = { upper: false, trim: true, ...options }; let out = word; if (settings.trim) out = out.trim(); if (settings.upper) out = out.toUpperCase(); return out; }); }`,
    candidate: `export interface Options { upper?: boolean; trim?: boolean }
export function clean(words: string[], options: Options = {}): string[] { const settings = { upper: false, trim: true, ...options }; return words.map((word) => { let out = word; if (settings.trim) out = out.trim(); if (settings.upper) out = out.toUpperCase(); return out; }); }`,
    test: `assert.deepEqual(lib.clean([' a ']), ['a']); assert.deepEqual(lib.clean([' a '], { upper: true, trim: false }), [' A ']);`,
  },
  {
    name: 'a callback called as before',
    base: `exports.groupBy = (list, keyOf) => list.reduce((groups, item) => { const key = keyOf(item); return { ...groups, [key]: [...(groups[key] || []), item] }; }, {});`,
    candidate: `exports.groupBy = (list, keyOf) => { const groups = new Map(); list.forEach((item) => { const key = keyOf(item); const name = typeof key === 'symbol' ? key : String(key); const group = groups.get(name); if (group) group.push(item); else groups.set(name, (name in {} ? [...(({})[name] || [])] : []).concat([item])); }); const out = {}; for (const [name, items] of groups) Object.defineProperty(out, name, { value: items, writable: true, enumerable: true, configurable: true }); return out; };`,
    test: `assert.deepEqual(lib.groupBy(['a', 'bb', 'c'], (item) => 'k' + item.length), { k1: ['a', 'c'], k2: ['bb'] });`,
  },
  {
    name: 'an error thrown as before',
    base: `exports.sumAll = (list) => { const parts = list.map((text) => { const value = Number(text); if (Number.isNaN(value)) throw new TypeError('not a number: ' + text); return value; }); return parts.reduce((a, b) => a + b, 0); };`,
    candidate: `exports.sumAll = (list) => { let sum = 0; list.forEach((text) => { const value = Number(text); if (Number.isNaN(value)) throw new TypeError('not a number: ' + text); sum += value; }); return sum; };`,
    test: `assert.equal(lib.sumAll(['1', '2']), 3); assert.throws(() => lib.sumAll(['x']), TypeError);`,
  },
  {
    name: 'another way through the helper of a generator',
    base: `function* choose(chosen, rest) { if (rest.length === 0) yield chosen; for (let i = 0; i < rest.length; i++) yield* choose([...chosen, rest[i]], [...rest.slice(0, i), ...rest.slice(i + 1)]); }
exports.orders = function* orders(items) { yield* choose([], [...items]); };`,
    candidate: `function* choose(items, used, chosen) { if (chosen.length === items.length) { yield chosen.slice(); return; } for (let i = 0; i < items.length; i++) { if (used[i]) continue; used[i] = true; chosen.push(items[i]); yield* choose(items, used, chosen); chosen.pop(); used[i] = false; } }
exports.orders = function* orders(items) { const all = [...items]; yield* choose(all, new Array(all.length).fill(false), []); };`,
    test: `assert.deepEqual([...lib.orders([1, 2])], [[1, 2], [2, 1]]); assert.deepEqual([...lib.orders([])], [[]]);`,
  },
  {
    name: 'declared elements read letter by letter',
    file: 'src/lib.ts',
    base: `const bytes = (text: string): number => new TextEncoder().encode(text).length;
export function fitting(texts: readonly string[], limit: number): string[] { const out: string[] = []; for (const text of texts) { if (bytes(out.join('')) + bytes(text) > limit) break; out.push(text); } return out; }`,
    candidate: `const bytes = (text: string): number => { let sum = 0; for (let i = 0; i < text.length; i++) { const code = text.charCodeAt(i); sum += code < 0x80 ? 1 : code < 0x800 ? 2 : 3; if (code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) { sum += 1; i += 1; } } return sum; };
export function fitting(texts: readonly string[], limit: number): string[] { const out: string[] = []; let all = ''; for (const text of texts) { if (bytes(all) + bytes(text) > limit) break; out.push(text); all += text; } return out; }`,
    test: `assert.deepEqual(lib.fitting(['ab', 'c', 'd'], 3), ['ab', 'c']); assert.deepEqual(lib.fitting([], 1), []);`,
  },
  {
    name: 'a loop over an iterator in place of spreading it',
    base: `exports.sum = (source) => [...source].reduce((all, value) => all + value, 0);`,
    candidate: `exports.sum = (source) => { let all = 0; for (const value of source) all += value; return all; };`,
    test: `function* numbers() { yield 1; yield 2; } assert.equal(lib.sum(numbers()), 3); assert.equal(lib.sum([1]), 1); assert.equal(lib.sum(new Set([4]).values()), 4);`,
  },
  {
    name: 'a source handed on by a loop in place of a delegation',
    base: `exports.all = function* (...sources) { for (const source of sources) yield* source; };`,
    candidate: `exports.all = function* (...sources) { for (let i = 0; i < sources.length; i++) for (const value of sources[i]) yield value; };`,
    test: `function* numbers() { yield 1; yield 2; } assert.deepEqual([...lib.all(numbers(), [3])], [1, 2, 3]);`,
  },
  {
    name: 'an asynchronous source collected without copies',
    base: `exports.collect = async (source) => { let out = []; for await (const value of source) out = [...out, value]; return out; };`,
    candidate: `exports.collect = async (source) => { const out = []; for await (const value of source) out.push(value); return out; };`,
    test: `async function* numbers() { yield 1; yield 2; } assert.deepEqual(await lib.collect(numbers()), [1, 2]);`,
  },
  {
    name: 'a timer that waits without a copy of the arguments',
    base: `exports.debounce = function (fn, wait) { let timer = null; return function (...args) { if (timer !== null) clearTimeout(timer); timer = setTimeout(() => { timer = null; fn.apply(this, args.slice()); }, wait); }; };`,
    candidate: `exports.debounce = function (fn, wait) { let timer = null; return function (...args) { if (timer !== null) clearTimeout(timer); timer = setTimeout(() => { timer = null; fn.apply(this, args); }, wait); }; };`,
    test: `const seen = []; const call = lib.debounce((value) => seen.push(value), 5); call(1); call(2); await new Promise((resolve) => setTimeout(resolve, 40)); assert.deepEqual(seen, [2]);`,
  },
];
