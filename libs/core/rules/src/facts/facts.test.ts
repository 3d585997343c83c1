import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildModel, type Language, type SourceModel } from '../syntax/model.ts';
import { isFunction, type Node, walk } from '../syntax/node.ts';
import { isPure } from './effects.ts';
import { unmodifiedIn } from './mutation.ts';
import { staticType } from './static-type.ts';

function argumentOf(model: SourceModel, name: string): Node {
  let found: Node | undefined;
  walk(model.program, (node) => {
    if (node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === name) found = node.arguments[0];
  });
  assert.ok(found, `no ${name}(…)`);
  return found;
}

const typeIn = (source: string, language: Language = 'js'): string => {
  const model = buildModel(source, language);
  const type = staticType(model, argumentOf(model, 'ask'));
  return type ? `${type.name}${type.dense ? '!' : ''}${type.element ? ` of ${type.element.name}` : ''}` : 'unknown';
};

test('types by construction', () => {
  assert.equal(typeIn('ask([1, 2])'), 'array! of number');
  assert.equal(typeIn('ask([1, , 2])'), 'array');
  assert.equal(typeIn("ask('a' + b)"), 'string');
  assert.equal(typeIn('ask(a + b)'), 'unknown');
  assert.equal(typeIn('ask(Object.keys(o))'), 'array! of string');
  assert.equal(typeIn('const Object = x; ask(Object.keys(o))'), 'unknown');
  assert.equal(typeIn('const a = []; a.push("x"); ask(a)'), 'array');
  assert.equal(typeIn('const a = ["x"]; a[9] = 1; ask(a)'), 'array');
  assert.equal(typeIn('let s = ""; s += 1; s = s.slice(1); ask(s)'), 'string');
  assert.equal(typeIn('let s = ""; s = f(); ask(s)'), 'unknown');
  assert.equal(typeIn('let s = 1; s = "a"; ask(s)'), 'unknown');
  assert.equal(typeIn('function f(...rest) { ask(rest) }'), 'array!');
  assert.equal(typeIn('for (const k in o) ask(k)'), 'string');
  assert.equal(typeIn('"a,b".split(",").map((x) => ask(x))'), 'string');
});

test('types by annotation', () => {
  assert.equal(typeIn('function f(a: readonly string[]) { ask(a) }', 'ts'), 'array of string');
  assert.equal(typeIn('function f(a: string[] | undefined) { ask(a) }', 'ts'), 'unknown');
  assert.equal(typeIn('function f(a: "x" | "y") { ask(a) }', 'ts'), 'string');
  assert.equal(typeIn('ask(x as Set<string>)', 'ts'), 'set');
});

test('types by guards that dominate the place', () => {
  assert.equal(typeIn('function f(a) { if (Array.isArray(a)) ask(a) }'), 'array');
  assert.equal(typeIn('function f(a) { if (Array.isArray(a)) {} ask(a) }'), 'unknown');
  assert.equal(typeIn('function f(a) { if (!Array.isArray(a)) return; ask(a) }'), 'array');
  assert.equal(typeIn('function f(a) { if (typeof a !== "string") throw 1; ask(a) }'), 'string');
  assert.equal(typeIn('function f(a) { if (!Array.isArray(a)) return; a = 1; ask(a) }'), 'unknown');
  assert.equal(typeIn('function f(a) { return typeof a === "string" && ask(a) }'), 'string');
  assert.equal(typeIn('function f(a) { return typeof a === "string" || ask(a) }'), 'unknown');
});

const pureIn = (source: string): boolean => {
  const model = buildModel(source, 'js');
  return isPure(model, argumentOf(model, 'ask'));
};

test('pure is what only computes', () => {
  for (const body of [
    'x + 1',
    'x.trim().length',
    'Math.max(x, 1)',
    '[x].map((y) => y * 2)',
    '({ x })',
    'Object.keys(x)',
    'twice(x)',
    '{ let s = 0; s += x; return s; }',
    '{ const a = []; a.push(x); return a; }',
    '/a/.test(x)',
  ]) {
    assert.ok(pureIn(`const twice = (y) => y * 2; ask((x) => ${body})`), body);
  }
  for (const body of [
    'n++',
    'x.push(1)',
    'log(x)',
    '(x.a = 1)',
    'delete x.a',
    'later(x)',
    '/a/g.test(x) && re.test(x)',
    'list.push(x)',
    'x.get(1)',
    '{ out = x; }',
    'tag`${x}`',
    'new Thing(x)',
    'x.map(log)',
  ]) {
    assert.ok(!pureIn(`let n = 0, out; const list = []; const re = /a/g; const later = (y) => { n = y; }; ask((x) => ${body})`), body);
  }
});

const keptIn = (body: string, before = ''): string => {
  const model = buildModel(`async function f(items, list, other) { ${before} for (const item of items) { ${body} } }`, 'js');
  let fn: Node | undefined;
  let loop: Node | undefined;
  walk(model.program, (node) => {
    if (isFunction(node)) fn ??= node;
    if (node.type === 'ForOfStatement') loop ??= node;
  });
  const binding = fn && model.scopes.scopeOf.get(fn)?.bindings.get(before.includes('const own') ? 'own' : 'list');
  assert.ok(binding && loop);
  return unmodifiedIn(model, binding, loop).kind;
};

test('a variable that the loop leaves alone is told from one it may change', () => {
  for (const body of ['list.includes(item);', 'item.trim();', 'const out = []; out.push(item);', 'item.name = 1;', 'Math.max(...list);'])
    assert.equal(keptIn(body), 'holds', body);
  for (const body of [
    'list.push(item);',
    'list = item;',
    'list[0] = 1;',
    'list.length = 0;',
    'const a = list; a.push(1);',
    'change(list);',
    'await x;',
    '[list] = item;',
    '(() => { list = 1; })();',
  ]) {
    assert.equal(keptIn(body), 'fails', body);
  }
  for (const body of ['log(item);', 'other.push(item);', 'this.items.push(item);', 'item.list[0] = 1;'])
    assert.equal(keptIn(body), 'assumes', body);
  assert.equal(keptIn('log(item); own.includes(item);', 'const own = [1];'), 'holds');
  assert.equal(keptIn('log(item); own.includes(item);', 'const own = [1]; keep(own);'), 'assumes');
  assert.equal(keptIn('log(item); own.includes(item);', 'const own = [1]; other.on((x) => { own.push(x); });'), 'assumes');
  assert.equal(keptIn('log(item); own.includes(item);', 'const own = [1]; const same = own.sort();'), 'assumes');
  assert.equal(keptIn('log(item); own.includes(item);', 'const own = [1]; own.sort();'), 'holds');
  assert.equal(keptIn('await x; own.includes(item);', 'const own = [1]; other.on((x) => { own.push(x); });'), 'fails');
});

test('a variable is not taken for its declared value where that may not hold yet', () => {
  assert.equal(typeIn("if (a) { var s = 'x'; } ask(s)"), 'unknown');
  assert.equal(typeIn("if (a) var s = 'x'; ask(s)"), 'unknown');
  assert.equal(typeIn("for (const x of xs) { ask(s); var s = 'x'; }"), 'unknown');
  assert.equal(typeIn("f(); var s = 'x'; function f() { ask(s); }"), 'unknown');
  assert.equal(typeIn("var s = 'x'; f(); function f() { ask(s); }"), 'string');
  assert.equal(typeIn("var s = 'x'; if (a) { ask(s); }"), 'string');
  assert.equal(typeIn("for (var s = 'x'; a; ) ask(s)"), 'string');
  assert.equal(typeIn("let s = 'x'; function f() { ask(s); }"), 'string');
  assert.equal(typeIn('const f = (s?: string) => ask(s)', 'ts'), 'unknown');
  assert.equal(typeIn("const f = (s?: string) => { if (typeof s === 'string') ask(s); }", 'ts'), 'string');
});

test('a logical assignment may bring in another type', () => {
  assert.equal(typeIn('let n = 0; n ||= x; ask(n)'), 'unknown');
  assert.equal(typeIn('let n = 0; n ??= x; ask(n)'), 'unknown');
  assert.equal(typeIn('let n = 0; n &&= 2; ask(n)'), 'number');
});
