import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionsOf } from './functions.ts';

const membersOf = (source: string): unknown =>
  functionsOf(source, 'lib.ts').functions.find((info) => info.meta.name === 'f')?.meta.params[0]?.members;

test('members of interfaces and aliases are found by the way to them', () => {
  assert.deepEqual(
    membersOf(`interface Item { id: string; readonly group?: string | null; tags: Tag[] }
      type Tag = { name: string; weight: number | undefined };
      export function f(items: readonly Item[]): void {}`),
    {
      '.*.id': ['string'],
      '.*.group': ['string', 'null', 'undefined'],
      '.*.tags': ['array'],
      '.*.tags.*.name': ['string'],
      '.*.tags.*.weight': ['number', 'undefined'],
    },
  );
});

test('literal types, options and lists by name', () => {
  assert.deepEqual(membersOf('export const f = (options: { limit?: number; names: Array<string | null> } = { names: [] }) => options;'), {
    '.limit': ['number', 'undefined'],
    '.names': ['array'],
    '.names.*': ['string', 'null'],
  });
});

test('types of other files and types that hold themselves end', () => {
  assert.equal(membersOf(`import type { Far } from './far.ts'; export function f(far: Far): void {}`), undefined);
  const members = membersOf('interface Tree { name: string; children: Tree[] } export function f(tree: Tree): void {}') as Record<
    string,
    unknown
  >;
  assert.deepEqual(members['.children.*.name'], ['string']);
});
