import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionsOf } from './functions.ts';

const iterablesOf = (source: string, file = 'lib.ts'): unknown =>
  functionsOf(source, file).functions.find((info) => info.meta.name === 'f')?.meta.params[0]?.iterables;

for (const [what, source, expected] of [
  ['an annotation', 'export function f(values: Iterable<number>): void {}', { '': ['sync'] }],
  ['a union', 'export const f = (values: AsyncIterable<string> | Iterable<string>) => values;', { '': ['async', 'sync'] }],
  ['a default', 'export const f = (values: Iterable<string> = []) => values;', { '': ['sync'] }],
  ['an alias', 'type Source = (AsyncGenerator<string>); export function f(source: Source): void {}', { '': ['async'] }],
  ['the bound of a type parameter', 'export function f<S extends Iterable<string>>(source: S): void {}', { '': ['sync'] }],
  ['a member', 'interface Options { rows: Iterable<string>; size: number } export function f(o: Options): void {}', { '.rows': ['sync'] }],
  ['a list', 'export function f(values: readonly number[]): void {}', undefined],
  ['what it holds', 'export function f(values: Array<Iterable<number>>): void {}', undefined],
] as const)
  test(`iterables by ${what}`, () => assert.deepEqual(iterablesOf(source), expected));

for (const [what, source, expected] of [
  ['assigned', '/** @param {Iterable<string>} parts */\nexports.f = function (parts) {};', { '': ['sync'] }],
  ['exported', '/** @param {AsyncIterable<string>|string[]} parts what */\nexport const f = (parts) => parts;', { '': ['async'] }],
  ['of a class', 'class A {\n  /** @param {Iterable} parts */\n  f(parts) {}\n}', { '': ['sync'] }],
  ['of other things', '/** @param {Map<string, Array>} parts */\nexport const f = (parts) => parts;', undefined],
] as const)
  test(`iterables by the documentation of a function ${what}`, () => assert.deepEqual(iterablesOf(source, 'lib.js'), expected));

test('what a function awaits value by value may be any iterable, what an inner one awaits is its own', () => {
  assert.deepEqual(iterablesOf('export async function f(source) { for await (const v of source) use(v); }', 'lib.js'), {
    '': ['sync', 'async'],
  });
  const inner = 'export async function f(source) { return async (source) => { for await (const v of source) use(v); }; }';
  assert.equal(iterablesOf(inner, 'lib.js'), undefined);
});

test('documented types are found before assignments and exports', () => {
  const typesOf = (source: string): unknown =>
    functionsOf(source, 'lib.js').functions.find((info) => info.meta.name === 'f')?.meta.params[0]?.types;
  assert.deepEqual(typesOf('/** @param {string} a */\nexports.f = function (a) {};'), ['string']);
  assert.deepEqual(typesOf('/** @param {number} a */\nexport const f = (a) => a;'), ['number']);
  assert.deepEqual(typesOf('/** @param {number} a */\nexport function f(a) {}'), ['number']);
  assert.equal(typesOf('/** @param {number} a */\nexport const g = (a) => a;\nexport const f = (a) => a;'), null);
});
