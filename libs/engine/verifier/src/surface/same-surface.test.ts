import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSource } from '../guards/syntax.ts';
import { compareSurfaces, readSurface } from './surface.ts';

const differences = (base: string, candidate: string): string[] =>
  compareSurfaces(readSurface(parseSource('a.ts', base), base), readSurface(parseSource('a.ts', candidate), candidate));

const THROWS = "export function f(a) { if (!a) throw new Error('bad ' + a + '!'); return a; }";
const SUBCLASS = 'export class A { get(k) { return k; } all() {} }\nexport class B extends A { all() {} ';

/** What people write in another way without callers noticing; then a neighbour that callers do notice. */
const pairs: [what: string, base: string, same: string, other: string][] = [
  [
    'a function that got a name before it is exported',
    'module.exports = function (a, b) { return a; };',
    'function pick(a, b) { return a; }\nmodule.exports = pick;',
    'function pick(a) { return a; }\nmodule.exports = pick;',
  ],
  [
    'a default export by name',
    'export default function f(a) { return a; }',
    'function f(a) { return a; }\nexport default f;',
    'async function f(a) { return a; }\nexport default f;',
  ],
  [
    'a function that keeps a table to itself',
    'export const f = (a) => [1, 2][a];',
    'export const f = (() => { const t = [1, 2]; const get = (a) => t[a]; return get; })();',
    'export const f = (() => { const t = [1, 2]; const get = (a, b) => t[a]; return get; })();',
  ],
  ['a message as a template', THROWS, THROWS.replace("'bad ' + a + '!'", '`bad ${a}!`'), THROWS.replace("'bad ' + a + '!'", '`bad ${a}`')],
  [
    'a message in a constant',
    THROWS,
    `const WHAT = 'bad ';\n${THROWS.replace("'bad '", 'WHAT')}`,
    `const WHAT = 'ill ';\n${THROWS.replace("'bad '", 'WHAT')}`,
  ],
  [
    'an error that a function makes',
    THROWS,
    `const bad = (a) => new Error(\`bad \${a}!\`);\n${THROWS.replace("new Error('bad ' + a + '!')", 'bad(a)')}`,
    `const bad = (a) => new TypeError(\`bad \${a}!\`);\n${THROWS.replace("new Error('bad ' + a + '!')", 'bad(a)')}`,
  ],
  [
    'a rest parameter in place of arguments',
    'exports.f = function (a) { return arguments.length; };',
    'exports.f = function (a, ...more) { return more.length + 1; };',
    'exports.f = function (a, b, ...more) { return more.length + 1; };',
  ],
  [
    'a function that no longer needs arguments',
    'exports.f = function (a) { return arguments.length > 0 ? a : undefined; };',
    'exports.f = function (a) { return a; };',
    'exports.f = function () { return undefined; };',
  ],
  [
    'a new method with a name of its own',
    'export class A { add(x) { return x; } _old() {} }',
    'export class A { add(x) { return this._new(x); } _new(x) { return x; } _old() {} }',
    'export class A { add(x) { return this._new(x); } _new(x) { return x; } }',
  ],
  [
    'an inherited method of its own',
    `${SUBCLASS}}`,
    `${SUBCLASS}get(key) { return key; } }`,
    `${SUBCLASS}get(key, other) { return key; } }`,
  ],
  [
    'a protected method that is new',
    'export class A { add(n: number): void {} }',
    'export class A { add(n: number): void { this.push(n); } protected push(n: number): void {} }',
    'export class A { protected add(n: number): void {} }',
  ],
  [
    'a protected method of another name',
    'export class A { add(n: number): void { this.put(n); } protected put(n: number): void {} }',
    'export class A { add(n: number): void { this.push(n); } protected push(n: number): void {} }',
    'export class A { add(n: number): void { this.push(n); } protected push(n: string): void {} }',
  ],
  [
    'one of two protected methods of another name',
    'export class A { protected a(n: number): void {} protected b(n: number): void {} }',
    'export class A { protected a(n: number): void {} protected c(n: number): void {} }',
    'export class A { protected c(n: number): void {} }',
  ],
  [
    'keys without their quotes',
    "export function f(a) { return { 'value': a, ok: true }; }",
    'export function f(value) { return { value, ok: true }; }',
    'export function f(value) { return { [value]: value, ok: true }; }',
  ],
  [
    'the layout of an interface',
    'export interface A { x: number; y: 1 | 2 }',
    'export interface A {\n  x: number;\n  y: 1 | 2;\n}',
    'export interface A {\n  x: number;\n  y: 1 | 2 | 3;\n}',
  ],
];
for (const [what, base, same, other] of pairs) {
  test(`takes ${what} for no difference`, () => assert.deepEqual(differences(base, same), []));
  test(`notices what differs beside ${what}`, () => assert.equal(differences(base, other).length, 1, differences(base, other).join()));
}

test('notices a method that a subclass overrides and then loses', () => {
  assert.equal(differences(`${SUBCLASS}get(k, l) { return l; } }`, `${SUBCLASS}}`).length, 1);
});
test('notices a rest parameter that is new, and one that is gone', () => {
  assert.equal(differences('exports.f = function (a) { return a; };', 'exports.f = function (a, ...b) { return a; };').length, 1);
  assert.equal(differences('exports.f = function (a, ...b) { return b; };', 'exports.f = function (a) { return []; };').length, 1);
});
test('takes the arguments of an inner function for its own', () => {
  const inner = 'exports.f = function (a) { return function () { return arguments; }; };';
  assert.equal(differences(inner, 'exports.f = function (a, ...b) { return () => b; };').length, 1);
});

const chained = (record: string, last: string): string =>
  `export const sort = (l) => l.map((v) => (${record})).sort((a, b) => a.k - b.k)${last};`;
const inVariable = (record: string, last: string): string =>
  `export function sort(l) { const d = l.map((v) => (${record})); d.sort((a, b) => a.k - b.k); return ${last}; }`;
for (const [what, written, used, kept] of [
  ['in a chain', chained, ['.map((e) => e.v)', '.map(({ v }) => v)'], ['', '.map((e) => e)', '.map((e) => [e, e.v])', '.filter(Boolean)']],
  ['in a variable', inVariable, ['d.map((e) => e.v)', 'd[0].v', 'd.length'], ['d', 'd[0]', 'd.map((e) => l.push(e))', 'l.concat(d)']],
] as const) {
  for (const last of used)
    test(`takes records that only help to sort ${what} for no difference: ${last}`, () =>
      assert.deepEqual(differences(written('{ v, k: v.n }', last), written('{ k: v.n, v }', last)), []));
  for (const last of kept)
    test(`notices another order of keys of records that are kept ${what}: ${last}`, () =>
      assert.equal(differences(written('{ v, k: v.n }', last), written('{ k: v.n, v }', last)).length, 1));
}

const LOOP = "for (const b of a) if (!b) throw new Error('none');";
const WITHOUT = 'export function f(a) { for (const b of a) if (!b) return 0; return 1; }';
for (const [what, body, count] of [
  ['the function itself catches', `try { ${LOOP} return 1; } catch (e) { if (e.message !== 'none') throw e; return 0; }`, 0],
  ['its handler always throws on', `try { ${LOOP} return 1; } catch (e) { a.end(); throw e; }`, 1],
  ['nothing catches', `try { ${LOOP} return 1; } finally { a.end(); }`, 1],
  ['the handler makes', `try { return a.length; } catch { ${LOOP} return 1; }`, 1],
  ['an inner function throws', `try { return a.map((b) => { throw new Error('none'); }); } catch { return 1; }`, 1],
] as const)
  test(`an error that ${what} is ${count === 0 ? 'no message of the surface' : 'noticed when it is gone'}`, () => {
    assert.equal(differences(`export function f(a) { ${body} }`, WITHOUT).length, count);
  });
