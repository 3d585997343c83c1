import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSource } from '../guards/syntax.ts';
import { compareSurfaces, readSurface } from './surface.ts';

const differences = (base: string, candidate: string): string[] =>
  compareSurfaces(readSurface(parseSource('a.ts', base), base), readSurface(parseSource('a.ts', candidate), candidate));

const BASE = `export function pair(a: number, b = 1) { if (!a) throw new RangeError('a is zero'); return { a, b }; }\nexport class Box { get(x: number) { return x; } private hidden() {} }\n`;

test('the same surface has no differences, whatever happens inside', () => {
  assert.deepEqual(
    differences(BASE, BASE.replace('return { a, b }', 'const r = { a, b }; r.a += 0; return { a, b }').replace('private hidden() {}', '')),
    [],
  );
});
for (const [what, change] of [
  ['a removed export', (text: string) => text.replace('export class', 'class')],
  ['a new export', (text: string) => `${text}export const extra = 1;\n`],
  ['another number of parameters', (text: string) => text.replace('b = 1', 'b = 1, c = 2')],
  ['a parameter without its default', (text: string) => text.replace('b = 1', 'b: number')],
  ['a function that became async', (text: string) => text.replace('export function', 'export async function')],
  ['another order of keys', (text: string) => text.replace('{ a, b };', '{ b, a };')],
  ['another message', (text: string) => text.replace('a is zero', 'a was zero')],
  ['a removed method', (text: string) => text.replace('get(x', 'take(x')],
] as const) {
  test(`notices ${what}`, () => assert.notDeepEqual(differences(BASE, change(BASE)), []));
}
for (const [what, from, to] of [
  [
    'a wider type of a parameter',
    'export function f(a: string): number { return a.length; }',
    'export function f(a: string | null): number { return (a ?? "").length; }',
  ],
  [
    'another type of the result',
    'export const f = (a: string): number => a.length;',
    'export const f = (a: string): number | null => a.length;',
  ],
  ['a parameter that became optional', 'export function f(a: string) { return a; }', 'export function f(a?: string) { return a; }'],
  ['a changed interface', 'export interface A { x: number }', 'export interface A { x: number; y?: number }'],
  ['a changed type', 'export type A = 1 | 2;', 'export type A = 1 | 2 | 3;'],
  ['another type of a method', 'export class A { m(a: number): void {} }', 'export class A { m(a: bigint): void {} }'],
] as const)
  test(`notices ${what}`, () => assert.equal(differences(from, to).length, 1));
test('takes no layout or comment of a type for a difference', () => {
  assert.deepEqual(differences('export interface A { x: number }', 'export interface A {\n  x: number\n}'), []);
});
test('notices a changed export of CommonJS', () => {
  assert.deepEqual(differences('module.exports = function (a) { return a; };\n', 'module.exports = function (a, b) { return a; };\n'), [
    'The export module.exports changed from function(_) to function(_,_).',
  ]);
});
for (const [what, from, to] of [
  ['another order of keys from an arrow', 'export const f = (a) => ({ a, b: 1 });', 'export const f = (a) => ({ b: 1, a });'],
  ['a key that a module no longer offers', 'module.exports = { a: 1, b: 2 };', 'module.exports = { a: 1 };'],
  [
    'another message that is put together',
    "export function f(a) { throw new Error('no ' + a); }",
    "export function f(a) { throw new Error('not ' + a); }",
  ],
] as const)
  test(`notices ${what}`, () => assert.equal(differences(from, to).length, 1, differences(from, to).join()));
test('a message told in another way of writing the same parts is told apart only by its fixed text', () => {
  const [from, to] = ["export function f(a) { throw new Error('no ' + a); }", "export function f(b) { throw new Error('no ' + b); }"];
  assert.deepEqual(differences(from, to), []);
});
