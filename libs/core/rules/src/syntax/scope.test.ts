import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildModel, type Language } from './model.ts';
import { startOf, walk } from './node.ts';

/** Each name marked with a number must be tied to the declaration marked with the same n; 0 means to none. */
function ties(source: string, language: Language = 'js'): string[] {
  const model = buildModel(source, language);
  const marks = [...source.matchAll(/\/\*(\d)\*\//g)].map((match) => ({ mark: match[1] ?? '', at: match.index + match[0].length }));
  const bindings = new Map<string, unknown>();
  const wrong: string[] = [];
  for (const { mark, at } of marks) {
    let found: ReturnType<typeof model.binding> | undefined;
    walk(model.program, (node) => {
      if (startOf(node) === at && (node.type === 'Identifier' || node.type === 'JSXIdentifier')) found = model.binding(node) ?? found;
    });
    const key = found ?? null;
    if (mark === '0' ? key !== null : bindings.has(mark) ? bindings.get(mark) !== key : key === null) wrong.push(`${mark} at ${at}`);
    bindings.set(mark, key);
  }
  return wrong;
}

const CASES: [name: string, source: string, language?: Language][] = [
  ['shadowing by block', 'let /*1*/a = 1; { let /*2*/a = 2; /*2*/a; } /*1*/a;'],
  ['var is hoisted out of blocks', 'function f() { /*1*/a; { var /*1*/a = 1; } return /*1*/a; }'],
  ['a loop has its own let', 'let /*1*/i = 0; for (let /*2*/i = 0; /*2*/i < 3; /*2*/i++) { /*2*/i; } /*1*/i;'],
  ['parameters hide outer names', 'const /*1*/x = 1; const f = (/*2*/x) => /*2*/x; f(/*1*/x);'],
  ['default values see earlier parameters', 'const b = 1; function f(/*1*/a, b = /*1*/a) {}'],
  [
    'destructuring declares its leaves',
    'const { k: /*1*/a, .../*2*/b } = o; const [/*3*/c, { /*4*/d = /*1*/a }] = /*2*/b; /*3*/c + /*4*/d;',
  ],
  ['keys and properties are no references', 'const /*1*/a = { a: /*1*/a }; x./*0*/a; ({ /*0*/a: 1 });'],
  ['shorthand is a reference', 'const /*1*/a = 1; const o = { b: /*1*/a };'],
  ['catch and its variable', 'let /*1*/e; try {} catch (/*2*/e) { /*2*/e; } /*1*/e;'],
  ['a function expression knows its own name', 'const f = function /*1*/g() { return /*1*/g; }; /*0*/g;'],
  ['function declarations are hoisted', '/*1*/f(); function /*1*/f() {}'],
  ['assignment by destructuring', 'let /*1*/a, /*2*/b; [/*1*/a, { x: /*2*/b }] = y;'],
  ['classes', 'class /*1*/A { m() { return /*1*/A; } } new /*1*/A();'],
  ['labels are no variables', 'let /*1*/out; out: for (;;) { break out; } /*1*/out;'],
  ['switch has one scope', 'let /*1*/a; switch (/*1*/a) { case 1: let /*2*/a; default: /*2*/a; }'],
  ['imports', 'import { x as /*1*/a } from "m"; export const b = /*1*/a;'],
  ['types are no references', 'type /*0*/T = string; const /*1*/T = 1; let x: /*0*/T; f(/*1*/T as unknown);', 'ts'],
  ['enum and parameter property', 'enum /*1*/E { A } class C { constructor(private /*2*/p: number) { /*2*/p + /*1*/E.A; } }', 'ts'],
  ['components in JSX', 'const /*1*/Row = 1; const x = </*1*/Row a={/*1*/Row} />;', 'jsx'],
];

for (const [name, source, language] of CASES) {
  test(`names: ${name}`, () => assert.deepEqual(ties(source, language), []));
}

test('writes are told from reads', () => {
  const model = buildModel('let a = 1; a++; a += 2; a = 3; [a] = x; for (a of y) a;', 'js');
  const binding = model.scopes.program.bindings.get('a');
  assert.deepEqual(
    binding?.references.map(({ read, write }) => `${read ? 'r' : ''}${write ? 'w' : ''}`),
    ['rw', 'rw', 'w', 'w', 'w', 'r'],
  );
});

test('eval and with make a file dynamic', () => {
  assert.equal(buildModel('eval("a")', 'js').scopes.dynamic, true);
  assert.equal(buildModel('with (o) { a; }', 'js').scopes.dynamic, true);
  assert.equal(buildModel('o.eval("a")', 'js').scopes.dynamic, false);
});
