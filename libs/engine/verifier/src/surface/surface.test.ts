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
test('notices a changed export of CommonJS', () => {
  assert.deepEqual(differences('module.exports = function (a) { return a; };\n', 'module.exports = function (a, b) { return a; };\n'), [
    'The export module.exports changed from function(_) to function(_,_).',
  ]);
});
