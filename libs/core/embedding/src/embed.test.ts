import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { contextFeatures } from './channels.ts';
import { CHANNELS, type Channel, combine, DIMENSIONS, embed } from './embed.ts';
import { nest } from './nesting.ts';
import { subwords, tokenize } from './tokenize.ts';

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
const LOOKUP =
  'function common(left, right) {\n  const out = [];\n  for (const item of left) { if (right.includes(item)) out.push(item); }\n  return out;\n}';

test('has the dimensions it says and unit length in every channel', () => {
  const embedding = embed({
    source: LOOKUP,
    language: 'js',
    context: { imports: ['lodash'], callers: ['mergeCarts'], path: 'src/cart/merge.ts' },
  });
  for (const [channel, size] of Object.entries(CHANNELS)) {
    const vector = embedding[channel as Channel];
    assert.equal(vector.length, size);
    assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-5, channel);
  }
  assert.equal(combine(embedding).length, DIMENSIONS);
  assert.ok(Math.abs(dot(combine(embedding), combine(embedding)) - 1) < 1e-5);
});

test('is the same to the bit, here and on any machine', () => {
  const bytes = (): string =>
    createHash('sha256')
      .update(new Uint8Array(combine(embed({ source: LOOKUP, language: 'js' })).buffer))
      .digest('hex')
      .slice(0, 16);
  assert.equal(bytes(), bytes());
  assert.equal(bytes(), 'b599c9d3e62995c5');
});

test('the same idea in three languages is nearer than another idea in the same language', () => {
  const python =
    'def common(left, right):\n    out = []\n    for item in left:\n        if right.index(item) >= 0:\n            out.append(item)\n    return out\n';
  const cpp =
    'std::vector<int> common(const V& l, const V& r) { std::vector<int> out; for (auto x : l) { if (std::find(r.begin(), r.end(), x) != r.end()) out.push_back(x); } return out; }';
  const other = 'function text(names) {\n  let s = "";\n  while (names.length) { s += names.shift(); }\n  return s;\n}';
  const performance = (source: string, language: 'js' | 'python' | 'cpp'): Float32Array => embed({ source, language }).performance;
  const mine = performance(LOOKUP, 'js');
  assert.ok(dot(mine, performance(python, 'python')) > dot(mine, performance(other, 'js')));
  assert.ok(dot(mine, performance(cpp, 'cpp')) > dot(mine, performance(other, 'js')));
});

test('nesting is seen by braces, by indent, in callbacks and comprehensions', () => {
  const depth = (source: string, language: 'js' | 'python', word: string): number =>
    nest(tokenize(source, language), language)
      .find(({ token }) => token.text === word)
      ?.scopes.filter((scope) => scope === 'loop').length ?? -1;
  assert.equal(depth('for (const a of b) { while (c) { hit(); } }', 'js', 'hit'), 2);
  assert.equal(depth('a.map((x) => b.filter((y) => hit(y)))', 'js', 'hit'), 2);
  assert.equal(depth('for (;;) hit(); after();', 'js', 'hit'), 1);
  assert.equal(depth('for (;;) hit(); after();', 'js', 'after'), 0);
  assert.equal(depth('for a in b:\n    while c:\n        hit()\nafter()\n', 'python', 'hit'), 2);
  assert.equal(depth('for a in b:\n    hit()\nafter()\n', 'python', 'after'), 0);
});

test('a name that every object has is a name like any other', () => {
  const calls = (name: string): Map<string, number> => new Map(contextFeatures(nest(tokenize(`${name}(a)`, 'js'), 'js'), {}).entries());
  for (const name of ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__']) {
    assert.deepEqual([...calls(name)], [[`calls ${name}`, 1]]);
    const source = (called: string): string => `function f(a) { return a.${called}(a) + ${called}(a); }`;
    const embedding = embed({ source: source(name), language: 'js' });
    assert.ok(dot(embedding.context, embed({ source: source('ownName'), language: 'js' }).context) < 0.99, name);
  }
  const two = [embed({ source: 'a.toString()', language: 'js' }), embed({ source: 'a.valueOf()', language: 'js' })] as const;
  assert.ok(dot(two[0].context, two[1].context) < 0.99);
});

test('reads anything without failing: empty, unclosed, binary, very long', () => {
  for (const source of ['', '"', '`${', '/*', '\u0000\uffff\ud800', ')))}}}', 'a'.repeat(300_000), '('.repeat(200_000)]) {
    for (const language of ['js', 'ts', 'python', 'cpp'] as const) assert.ok(combine(embed({ source, language })).every(Number.isFinite));
  }
});

test('splits names of every habit alike', () => assert.deepEqual(subwords('readFile2Buffer'), subwords('read_file_2_buffer')));
