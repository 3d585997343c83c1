import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Language } from './language.ts';
import { nest } from './nesting.ts';
import { operationsOf } from './operations.ts';
import { shapesOf } from './shapes.ts';
import { tokenize } from './tokenize.ts';

const operations = (source: string, language: Language): string[] =>
  operationsOf(nest(tokenize(source, language), language), language).map(({ effect, depth, role }) => `${effect} ${depth} ${role}`);
const shapes = (source: string, language: Language): string[] => shapesOf(nest(tokenize(source, language), language)).map(([name]) => name);

test('a search is told apart by what it searches', () => {
  const inFixed = 'function f(a, b) { for (const x of a) { if (b.includes(x)) g(x); } }';
  const inGrown = 'function f(a) { const b = []; for (const x of a) { if (!b.includes(x)) b.push(x); } }';
  const inElement = 'function f(a) { for (const x of a) { if (x.includes(1)) g(x); } }';
  assert.deepEqual(operations(inFixed, 'js'), ['search 1 fixed']);
  assert.deepEqual(operations(inGrown, 'js'), ['search 1 grown', 'append 1 grown']);
  assert.deepEqual(operations(inElement, 'js'), ['search 1 element']);
});

test('one effect has its names in three languages', () => {
  assert.ok(operations('function f(q) { while (q.length) { const x = q.shift(); } }', 'js').includes('take_front 1 grown'));
  assert.ok(operations('def f(q):\n    while q:\n        x = q.pop(0)\n', 'python').includes('take_front 1 grown'));
  assert.ok(
    operations('void f(V& q) { while (!q.empty()) { auto x = q.front(); q.erase(q.begin()); } }', 'cpp').includes('take_front 1 grown'),
  );
  assert.ok(operations('def f(a, b):\n    for x in a:\n        if x in b:\n            g(x)\n', 'python').includes('search 1 fixed'));
});

test('what grows by being copied is seen as an assignment and in reduce', () => {
  assert.ok(operations('let out = []; for (const x of a) { out = [...out, x]; }', 'js').includes('grow_list 1 grown'));
  assert.ok(operations('a.reduce((all, x) => ({ ...all, [x.k]: x }), {})', 'js').some((one) => one.startsWith('grow_object 1')));
  assert.ok(operations('out = []\nfor x in a:\n    out = out + [x]\n', 'python').includes('grow_list 1 grown'));
  assert.ok(operations('std::string s; for (auto& x : a) { s = s + x; }', 'cpp').includes('grow_text 1 grown'));
  assert.deepEqual(operations('let i = 0; while (i < 3) { i = i + 1; }', 'js'), []);
});

test('sees the order of indices, branching recursion and tables', () => {
  const walk = (first: string, second: string): string[] =>
    shapes(
      `for (let ${first} = 0; ${first} < 9; ${first}++) { for (let ${second} = 0; ${second} < 9; ${second}++) { s += grid[row][column]; } }`,
      'js',
    );
  assert.ok(walk('column', 'row').includes('inner loop strides'));
  assert.ok(walk('row', 'column').includes('inner loop is along'));
  assert.ok(shapes('const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));', 'js').includes('recursion that branches'));
  assert.ok(!shapes('function once(n) { return n; }', 'js').some((one) => one.startsWith('recursion')));
  assert.ok(shapes("function f(x) { const t = { a: 'A', b: 'B', c: 'C' }; return t[x]; }", 'js').includes('table made in a call'));
});
