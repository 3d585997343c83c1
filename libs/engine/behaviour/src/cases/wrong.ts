import type { BehaviourCase } from './case-repository.ts';

/** Changes that are faster and wrong, and green in the tests of their repository. */
export const wrongCases: BehaviourCase[] = [
  {
    name: 'a result shared between calls',
    seen: true,
    base: `exports.split = (text) => { const out = []; for (const part of text.split(',')) out.push(part.trim()); return out; };`,
    candidate: `const memory = new Map();
exports.split = (text) => { let out = memory.get(text); if (!out) { out = text.split(',').map((part) => part.trim()); memory.set(text, out); } return out; };`,
    test: `assert.deepEqual(lib.split('a, b'), ['a', 'b']); assert.deepEqual(lib.split('a, b'), ['a', 'b']); assert.deepEqual(lib.split('c'), ['c']);`,
  },
  {
    name: 'the argument handed back in place of a copy',
    seen: true,
    base: `exports.compact = (list) => list.filter((item) => item !== null);`,
    candidate: `exports.compact = (list) => { if (list.indexOf(null) < 0) return list; return list.filter((item) => item !== null); };`,
    test: `assert.deepEqual(lib.compact([1, null, 2]), [1, 2]); assert.deepEqual(lib.compact([1, 2]), [1, 2]);`,
  },
  {
    name: 'an answer remembered by the object it was given for',
    seen: true,
    base: `exports.sum = (list) => { let sum = 0; for (const item of list) sum += item; return sum; };`,
    candidate: `const known = new WeakMap();
exports.sum = (list) => { if (!known.has(list)) { let sum = 0; for (const item of list) sum += item; known.set(list, sum); } return known.get(list); };`,
    test: `assert.equal(lib.sum([1, 2, 4]), 7); assert.equal(lib.sum([8, 16]), 24);`,
  },
  {
    name: 'NaN no longer found',
    base: `exports.has = (list, value) => list.includes(value);`,
    candidate: `exports.has = (list, value) => list.indexOf(value) !== -1;`,
    test: `assert.equal(lib.has([1, 2, 3], 2), true); assert.equal(lib.has([1.5, 2], 4), false);`,
  },
  {
    name: 'minus zero lost',
    base: `exports.round = (value) => Math.round(value * 100) / 100;`,
    candidate: `exports.round = (value) => ((value * 100 + (value < 0 ? -0.5 : 0.5)) | 0) / 100;`,
    test: `assert.equal(lib.round(1.234), 1.23); assert.equal(lib.round(2), 2);`,
  },
  {
    name: 'objects as keys of a plain object',
    base: `exports.unique = function (list) { var out = []; for (var i = 0; i < list.length; i++) if (out.indexOf(list[i]) < 0) out.push(list[i]); return out; };`,
    candidate: `exports.unique = function (list) { var seen = {}, out = []; for (var i = 0; i < list.length; i++) if (!seen['$' + list[i]]) { seen['$' + list[i]] = true; out.push(list[i]); } return out; };`,
    test: `assert.deepEqual(lib.unique(['a', 'b', 'a']), ['a', 'b']); assert.deepEqual(lib.unique(['x']), ['x']);`,
  },
  {
    name: 'a sticky lastIndex',
    seen: true,
    base: `exports.hasDigit = (text) => /[0-9]/.test(text);`,
    candidate: `const digit = /[0-9]/g;
exports.hasDigit = (text) => digit.test(text);`,
    test: `assert.equal(lib.hasDigit('abc1'), true); assert.equal(lib.hasDigit('abc'), false);`,
  },
  {
    name: 'callbacks in another order',
    seen: true,
    base: `exports.each = (list, visit) => { for (let i = 0; i < list.length; i++) visit(list[i], i); };`,
    candidate: `exports.each = (list, visit) => { let i = list.length; while (i--) visit(list[i], i); };`,
    test: `let sum = 0; lib.each([1, 2, 3], (value) => { sum += value; }); assert.equal(sum, 6);`,
  },
  {
    name: 'holes filled',
    base: `exports.double = (list) => list.map((value) => value * 2);`,
    candidate: `exports.double = (list) => { const out = new Array(list.length); for (let i = 0; i < list.length; i++) out[i] = list[i] * 2; return out; };`,
    seen: true,
    test: `assert.equal(lib.double([1, , 2]).length, 3); assert.deepEqual(lib.double([1, 2]), [2, 4]); assert.deepEqual(lib.double([]), []);`,
  },
  {
    name: 'an error swallowed',
    base: `exports.parse = (text) => { const value = JSON.parse(text); if (typeof value !== 'object') throw new Error('not an object: ' + text); return value; };`,
    candidate: `exports.parse = (text) => { try { return JSON.parse(text); } catch { return null; } };`,
    test: `assert.deepEqual(lib.parse('{"a":1}'), { a: 1 }); assert.deepEqual(lib.parse('[]'), []);`,
  },
  {
    name: 'asynchronous work no longer waited for',
    seen: true,
    base: `exports.saveAll = async (items, store) => { const out = []; for (const item of items) { await Promise.resolve(); store.push(item); out.push(item.length); } return out; };`,
    candidate: `exports.saveAll = async (items, store) => { for (const item of items) Promise.resolve().then(() => Promise.resolve()).then(() => {}).then(() => {}).then(() => store.push(item)); return items.map((item) => item.length); };`,
    test: `const store = []; assert.deepEqual(await lib.saveAll(['a', 'bc'], store), [1, 2]);`,
  },
  {
    name: 'an argument no longer changed',
    seen: true,
    base: `exports.sortInPlace = (list) => { list.sort((a, b) => a - b); return list.length; };`,
    candidate: `exports.sortInPlace = (list) => { return [...list].sort((a, b) => a - b).length; };`,
    test: `assert.equal(lib.sortInPlace([3, 1, 2]), 3);`,
  },
  {
    name: 'evaluated lazily',
    seen: true,
    base: `export class Lines { constructor(list) { this.list = list.slice(); } get size() { return this.list.length; } join(by) { return this.list.join(by); } }`,
    candidate: `export class Lines { constructor(list) { this.list = list; } get size() { return this.list.length; } join(by) { return this.list.join(by); } }`,
    test: `const lines = new lib.Lines(['a', 'b']); assert.equal(lines.join('-'), 'a-b'); assert.equal(lines.size, 2);`,
  },
  {
    name: 'a neighbour method broken by the shared index',
    base: `function Row() { this.first = null; this.items = []; }
Row.prototype = { append: function (cell) { return put(this, cell, null); }, insert: function (cell, before) { return put(this, cell, before); } };
function Cell(name) { this.name = name; this.next = null; }
function put(row, cell, before) { var at = before ? row.items.indexOf(before) : row.items.length; row.items.splice(at, 0, cell); reindex(row, 0); return cell; }
function reindex(row, from) { for (var i = from; i < row.items.length; i++) row.items[i].next = row.items[i + 1] || null; row.first = row.items[0]; }
exports.Row = Row; exports.Cell = Cell;`,
    candidate: `function Row() { this.first = null; this.items = []; }
Row.prototype = { append: function (cell) { return put(this, cell, null); }, insert: function (cell, before) { return put(this, cell, before); } };
function Cell(name) { this.name = name; this.next = null; }
function put(row, cell, before) { var at = before ? row.items.indexOf(before) : row.items.length; row.items.splice(at, 0, cell); cell.next = row.items[at + 1] || null; if (at > 0) row.items[at - 1].next = cell; else if (row.items.length === 1) row.first = cell; return cell; }
exports.Row = Row; exports.Cell = Cell;`,
    test: `const row = new lib.Row(); const a = new lib.Cell('a'); const b = new lib.Cell('b'); row.append(a); row.append(b); row.insert(new lib.Cell('x'), b); assert.equal(row.first.next.name, 'x');`,
  },
  {
    name: 'precision lost in a sum',
    base: `exports.mean = (list) => { let sum = 0; for (const value of list) sum += value; return list.length === 0 ? 0 : sum / list.length; };`,
    candidate: `exports.mean = (list) => { let mean = 0; const n = list.length; for (const value of list) mean += Math.fround(value / n); return n === 0 ? 0 : Math.round(mean * 1e6) / 1e6; };`,
    test: `assert.equal(lib.mean([1, 2, 3]), 2); assert.equal(lib.mean([]), 0);`,
  },
  {
    name: 'surrogate pairs cut',
    base: `exports.reverse = (text) => Array.from(text).reverse().join('');`,
    candidate: `exports.reverse = (text) => { let out = ''; for (let i = text.length - 1; i >= 0; i--) out += text[i]; return out; };`,
    test: `assert.equal(lib.reverse('abc'), 'cba'); assert.equal(lib.reverse(''), '');`,
  },
  {
    name: 'the helper of a generator in another order',
    base: `function* choose(chosen, rest) { if (rest.length === 0) yield chosen; for (let i = 0; i < rest.length; i++) yield* choose([...chosen, rest[i]], [...rest.slice(0, i), ...rest.slice(i + 1)]); }
exports.orders = function* orders(items) { yield* choose([], [...items]); };`,
    candidate: `function* choose(chosen, rest) { if (rest.length === 0) yield chosen; for (let i = rest.length - 1; i >= 0; i--) yield* choose([...chosen, rest[i]], [...rest.slice(0, i), ...rest.slice(i + 1)]); }
exports.orders = function* orders(items) { yield* choose([], [...items]); };`,
    test: `assert.equal([...lib.orders([1, 2])].length, 2);`,
    seen: true,
  },
  {
    name: 'a method of a child whose parent has a constructor',
    base: `class Base { constructor(step) { this.step = step; } }
exports.Range = class Range extends Base { items(n) { return Array.from({ length: n }, (_, i) => [i * this.step]).flat(); } };`,
    candidate: `class Base { constructor(step) { this.step = step; } }
exports.Range = class Range extends Base { items(n) { const out = []; for (let i = n - 1; i >= 0; i--) out.push(i * this.step); return out; } };`,
    test: `assert.equal(new lib.Range(2).items(3).length, 3);`,
    seen: true,
  },
  {
    name: 'declared elements that may be missing read letter by letter',
    file: 'src/lib.ts',
    base: `export function size(texts: readonly (string | undefined)[]): number { return texts.map((text) => new TextEncoder().encode(text).length).reduce((a, b) => a + b, 0); }`,
    candidate: `export function size(texts: readonly (string | undefined)[]): number { let sum = 0; for (const text of texts as readonly string[]) for (const letter of text) sum += new TextEncoder().encode(letter).length; return sum; }`,
    test: `assert.equal(lib.size(['ab', 'c']), 3); assert.equal(lib.size([]), 0);`,
  },
  {
    name: 'one value too many taken from a generator',
    base: `exports.take = (source, count) => { const out = []; while (out.length < count) { const next = source.next(); if (next.done) break; out.push(next.value); } return out; };`,
    candidate: `exports.take = (source, count) => { const out = []; for (let next = source.next(); !next.done && out.length < count; next = source.next()) out.push(next.value); return out; };`,
    test: `function* numbers() { let i = 0; while (i < 9) yield i++; } assert.deepEqual(lib.take(numbers(), 3), [0, 1, 2]);`,
    seen: true,
  },
  {
    name: 'an iterator no longer closed',
    base: `exports.first = (source, count) => { const out = []; for (const value of source) { out.push(value); if (out.length === count) break; } return out; };`,
    candidate: `exports.first = (source, count) => { const out = []; const values = source[Symbol.iterator](); while (out.length < count) { const { done, value } = values.next(); if (done) break; out.push(value); } return out; };`,
    test: `let at = 0; const source = { next: () => ({ value: at++, done: at > 9 }), return: () => ({ value: undefined, done: true }), [Symbol.iterator]() { return this; } };
assert.deepEqual(lib.first(source, 3), [0, 1, 2]);`,
    seen: true,
  },
  {
    name: 'a generator that reads ahead in an iterator',
    base: `exports.limit = function* (source, count) { let left = count; if (left <= 0) return; for (const value of source) { yield value; if (--left === 0) return; } };`,
    candidate: `exports.limit = function* (source, count) { let left = count; for (const value of source) { if (left-- <= 0) return; yield value; } };`,
    test: `assert.deepEqual([...lib.limit(new Map([[1, 'a'], [2, 'b'], [3, 'c']]).values(), 2)], ['a', 'b']);`,
    seen: true,
  },
  {
    name: 'an asynchronous source read to its end before it is used',
    base: `exports.mapped = async (source, change) => { const out = []; for await (const value of source) out.push(await change(value)); return out; };`,
    candidate: `exports.mapped = async (source, change) => { const all = []; for await (const value of source) all.push(value); const out = []; for (const value of all) out.push(await change(value)); return out; };`,
    test: `async function* numbers() { for (let i = 0; i < 3; i++) yield i; } assert.deepEqual(await lib.mapped(numbers(), async (n) => n * 2), [0, 2, 4]);`,
    seen: true,
  },
  {
    name: 'a failing iterator whose values are lost',
    base: `exports.send = (source, push) => { let count = 0; for (const value of source) { push(value); count++; } return count; };`,
    candidate: `exports.send = (source, push) => { const all = [...source]; all.forEach((value) => push(value)); return all.length; };`,
    test: `const seen = []; function* numbers() { yield 1; yield 2; } assert.equal(lib.send(numbers(), (value) => { seen.push(value); }), 2); assert.deepEqual(seen, [1, 2]);`,
    seen: true,
  },
  {
    name: 'the order in which a generator of the package is read',
    base: `exports.count = function* (to) { for (let i = 0; i < to; i++) yield i; };
exports.counted = (to) => exports.count(to);
exports.head = (source) => { const next = source.next(); return next.done ? null : next.value; };`,
    candidate: `exports.count = function* (to) { for (let i = 0; i < to; i++) yield i; };
exports.counted = (to) => exports.count(to);
exports.head = (source) => { const [value = null] = source; return value; };`,
    test: `const source = lib.counted(4); assert.equal(lib.head(source), 0); assert.equal(lib.head(lib.counted(2)), 0);`,
    seen: true,
  },
  {
    name: 'an iterable of the caller left open',
    base: `exports.first = (source, count) => { const out = []; for (const value of source) { out.push(value); if (out.length === count) break; } return out; };`,
    candidate: `exports.first = (source, count) => { const out = []; const values = source[Symbol.iterator](); while (out.length < count) { const { done, value } = values.next(); if (done) break; out.push(value); } return out; };`,
    test: `const list = [1, 2, 3]; const source = { *[Symbol.iterator]() { yield* list; } }; assert.deepEqual(lib.first(source, 2), [1, 2]);`,
    seen: true,
  },
  {
    name: 'a field in place of a local variable across an await',
    base: `class Loader { constructor(prefix) { this.prefix = prefix; this._current = ''; } async load(id) { let current = ''; for (const letter of id) current = letter + current; await null; return this.prefix + current; } }
exports.Loader = Loader;`,
    candidate: `class Loader { constructor(prefix) { this.prefix = prefix; this._current = ''; } async load(id) { this._current = [...id].reverse().join(''); await null; return this.prefix + this._current; } }
exports.Loader = Loader;`,
    test: `const loader = new lib.Loader('x:'); assert.equal(await loader.load('ab'), 'x:ba'); assert.equal(await loader.load('c'), 'x:c');`,
    seen: true,
  },
  {
    name: 'a list that grows while it is worked on',
    base: `exports.drain = (tasks, work) => { let done = 0; for (const task of tasks) { work(task, tasks); done += 1; } return done; };`,
    candidate: `exports.drain = (tasks, work) => { const { length } = tasks; for (let i = 0; i < length; i++) work(tasks[i], tasks); return length; };`,
    test: `const seen = []; assert.equal(lib.drain([1, 2], (task) => { seen.push(task); }), 2); assert.deepEqual(seen, [1, 2]);`,
  },
  {
    name: 'a generator that no longer closes when its consumer stops',
    base: `exports.rows = function* (cursor) { try { for (let row = cursor.read(); row !== null; row = cursor.read()) yield { row }; } finally { cursor.close(); } };`,
    candidate: `exports.rows = function* (cursor) { for (let row = cursor.read(); row !== null; row = cursor.read()) yield { row }; cursor.close(); };`,
    test: `const of = (list) => ({ read: () => list.shift() ?? null, close: () => undefined }); assert.deepEqual([...lib.rows(of([1, 2]))], [{ row: 1 }, { row: 2 }]);`,
  },
  {
    name: 'a generator over a copy of a list that may grow',
    base: `exports.evens = function* (list) { for (const n of list) if (n % 2 === 0) yield n; };`,
    candidate: `exports.evens = function* (list) { yield* list.filter((n) => n % 2 === 0); };`,
    test: `assert.deepEqual([...lib.evens([1, 2, 4])], [2, 4]); assert.deepEqual([...lib.evens([])], []);`,
  },
  {
    name: 'a list kept that belongs to the caller',
    base: `exports.Playlist = class { constructor() { this._tracks = []; } load(tracks) { this._tracks = tracks.map((track) => track); } next() { return this._tracks.shift(); } };`,
    candidate: `exports.Playlist = class { constructor() { this._tracks = []; this._at = 0; } load(tracks) { this._tracks = tracks; this._at = 0; } next() { return this._tracks[this._at++]; } };`,
    test: `const list = new lib.Playlist(); list.load(['a', 'b']); assert.equal(list.next(), 'a'); assert.equal(list.next(), 'b'); assert.equal(list.next(), undefined);`,
  },
  {
    name: 'an iterable that is only documented',
    base: `/**\n * @param {Iterable<string>} parts\n */\nexports.joined = function (parts) { let out = ''; for (const part of parts) out = out + part; return out; };`,
    candidate: `/**\n * @param {Iterable<string>} parts\n */\nexports.joined = function (parts) { let out = ''; for (let i = 0; i < parts.length; i++) out += parts[i]; return out; };`,
    test: `assert.equal(lib.joined(['a', 'b']), 'ab'); assert.equal(lib.joined([]), '');`,
  },
  {
    name: 'a pause that is lost after a late call, in a function handed out without a name',
    base: `exports.throttle = function (fn, wait) {
  let timer = null, pending = null;
  const run = () => { timer = null; if (pending) { const args = pending; pending = null; timer = setTimeout(run, wait); fn(...args); } };
  return function (...args) { if (timer === null) { timer = setTimeout(run, wait); fn(...args); } else pending = args.slice(); };
};`,
    candidate: `exports.throttle = function (fn, wait) {
  let timer = null, pending = null;
  const run = () => { timer = null; if (pending) { const args = pending; pending = null; fn(...args); } };
  return function (...args) { if (timer === null) { timer = setTimeout(run, wait); fn(...args); } else pending = args; };
};`,
    test: `const seen = []; const call = lib.throttle((value) => seen.push(value), 5); call(1); call(2); await new Promise((resolve) => setTimeout(resolve, 40)); assert.deepEqual(seen, [1, 2]);`,
  },
  {
    name: 'what is called late that waits for no step',
    base: `exports.debounce = function (fn, wait) { let timer; return function (...args) { clearTimeout(timer); timer = setTimeout(() => fn(...args), wait); }; };`,
    candidate: `exports.debounce = function (fn, wait) { let timer; let last; return function (...args) { last ??= args; clearTimeout(timer); timer = setTimeout(() => fn(...last), wait); }; };`,
    test: `const seen = []; const call = lib.debounce((value) => seen.push(value), 5); call(1); call(1); await new Promise((resolve) => setTimeout(resolve, 40)); assert.deepEqual(seen, [1]);`,
  },
  {
    name: 'options read late that belong to the caller',
    base: `exports.formatter = (options) => { const own = { ...options }; return (value) => value.toFixed(own.digits).split('.').join(own.point); };`,
    candidate: `exports.formatter = (options) => (value) => value.toFixed(options.digits).replace('.', () => options.point);`,
    test: `assert.equal(lib.formatter({ digits: 1, point: ',' })(1.25), '1,3'); assert.equal(lib.formatter({ digits: 2, point: '.' })(1), '1.00');`,
  },
  {
    name: 'an abort between two pages that nobody notices',
    base: `/**\n * @param {(page: number) => Promise<unknown[]>} load\n * @param {AbortSignal} [signal]\n */\nexports.pages = async function (load, signal) { let all = []; for (let page = 0; ; page++) { signal?.throwIfAborted(); const items = await load(page); if (items.length === 0) return all; all = [...all, ...items]; } };`,
    candidate: `/**\n * @param {(page: number) => Promise<unknown[]>} load\n * @param {AbortSignal} [signal]\n */\nexports.pages = async function (load, signal) { signal?.throwIfAborted(); const all = []; for (let page = 0; ; page++) { const items = await load(page); if (items.length === 0) return all; for (const item of items) all.push(item); } };`,
    test: `assert.deepEqual(await lib.pages(async (page) => (page < 2 ? [page] : [])), [0, 1]); await assert.rejects(lib.pages(async () => [], AbortSignal.abort(new Error('stop'))), /stop/);`,
  },
];
