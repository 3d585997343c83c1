import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHANGED_LINES_LIMIT, type FindInput, findCandidates, type RuleMatch } from './find.ts';

const LOOP = `export function fresh(items, known) {
  return items.filter((item) => !known.includes(item));
}
`;
const find = (source: string, more: Partial<FindInput> = {}): RuleMatch[] =>
  findCandidates({ file: 'src/a.js', source, language: 'js', ...more }).matches;
const only = (source: string, rule: string, more: Partial<FindInput> = {}): RuleMatch[] => find(source, { rules: [rule], ...more });

test('the same input gives the same candidates', () => {
  assert.deepEqual(find(LOOP), find(LOOP));
});

test('line ends, shebang, directive and comments of the file stay', () => {
  const source =
    `#!/usr/bin/env node\n'use strict';\n// head\n${LOOP.replace('  return', '  // why\n  return').replace('!known', '/* in */ !known').replace('export ', '')}`.replaceAll(
      '\n',
      '\r\n',
    );
  const [match] = only(source, 'includes-in-loop');
  assert.ok(match);
  assert.equal(match.new_source.split('\r\n').length, match.new_source.split('\n').length);
  for (const part of ["#!/usr/bin/env node\r\n'use strict';\r\n// head\r\n", '// why\r\n', '/* in */'])
    assert.ok(match.new_source.includes(part), part);
});

test('a rewrite that would lose a comment is refused', () => {
  const { matches, skipped } = findCandidates({
    file: 'a.js',
    language: 'js',
    rules: ['filter-exists'],
    source: 'const f = (...list) => list.filter((x) => x === 1) /* keep */ .length > 0;\n',
  });
  assert.deepEqual(matches, []);
  assert.match(skipped[0]?.reason ?? '', /comment "keep" would be lost/);
});

test('what is only done on the way to an exception is left alone', () => {
  const thrown = "const f = (a, b) => {\n  if (a) throw new Error([`${a}`, 'b'].join(' '));\n  return [`${b}`, 'b'].join(' ');\n};\n";
  assert.deepEqual(
    only(thrown, 'join-few-parts').map(({ line }) => line),
    [3],
  );
  const block =
    'const f = (list) => {\n  if (!list) {\n    const late = new Date().getTime();\n    throw late;\n  }\n  return +new Date();\n};\n';
  assert.deepEqual(
    only(block, 'date-now').map(({ line }) => line),
    [6],
  );
});

test('without semicolons one is put only where the next statement needs it', () => {
  const call = (gap: string) => `const a = 1\n${gap}f(a)\nfunction f(x) {\n  return new RegExp('a+').test(x)\n}\n`;
  const [commented] = only(call('// about f\n/* more */\n'), 'regexp-per-call');
  assert.match(commented?.new_source ?? '', /^const PATTERN = new RegExp\('a\+'\)\n\nconst a/);
  const [opening] = only(`;[1].map((x) => new RegExp('a+').test(x))\n`, 'regexp-per-call');
  assert.equal(opening?.new_source, `const PATTERN = new RegExp('a+')\n\n;[1].map((x) => PATTERN.test(x))\n`);
  const [after] = only(
    'function run(list) {\n  const queue = [list]\n  ;[1].map(String)\n  while (queue.length > 0) queue.shift()\n}\n',
    'queue-shift',
  );
  assert.match(after?.new_source ?? '', /const queue = \[list\]\n {2}let queueHead = 0;?\n {2};\[1\]/);
});

test('quotes and semicolons follow the file', () => {
  const [match] = only(
    'export const f = (d) => {\n    const a = "x"\n    const words = []\n    for (const w of d) words.push(String(w))\n    return words.join("")\n}\n',
    'push-join',
  );
  assert.equal(
    match?.new_source,
    'export const f = (d) => {\n    const a = "x"\n    let words = ""\n    for (const w of d) words += String(w)\n    return words\n}\n',
  );
});

test('several places of one rule in a function come together first, then alone', () => {
  const source = `export function both(items, a, b) {
  for (const item of items) {
    if (a.includes(item) || a.includes(-item) || b.includes(item)) return item;
  }
  return null;
}
`;
  const matches = only(source, 'includes-in-loop');
  assert.deepEqual(
    matches.map(({ places }) => places),
    [3, 1, 1, 1],
  );
  assert.equal(matches[0]?.new_source.split('let aSet;').length, 2);
  assert.equal(matches[0]?.new_source.split('let bSet;').length, 2);
});

test('ranges bound the search, and functions called from them belong to it', () => {
  const source = `${LOOP}function helper(items, known) {\n  return items.filter((item) => known.includes(item));\n}\nexport function hot(items, known) {\n  return helper(items, known).length;\n}\nfunction cold(items, known) {\n  return items.map((item) => known.includes(item));\n}\n`;
  const ranges = [{ start_line: 7, end_line: 9, hotspot_id: 'h1', symbol: 'hot' }];
  const matches = only(source, 'includes-in-loop', { ranges });
  assert.deepEqual(
    matches.map(({ symbol, hotspot_id, in_callee }) => ({ symbol, hotspot_id, in_callee })),
    [{ symbol: 'helper', hotspot_id: 'h1', in_callee: true }],
  );
});

test('an id stays when other parts of the file change, and differs between places', () => {
  const [a] = only(LOOP, 'includes-in-loop');
  const [b] = only(`const unrelated = 1;\n\n${LOOP}`, 'includes-in-loop');
  assert.equal(a?.id, b?.id);
  const ids = only(`${LOOP}${LOOP.replace('fresh', 'other')}`, 'includes-in-loop').map(({ id }) => id);
  assert.equal(new Set(ids).size, 2);
});

test('an assumption is part of the risk and of the class', () => {
  const [match] = only(
    'export function f(items, known, log) {\n  for (const item of items) if (known.includes(item)) log(item);\n}\n',
    'includes-in-loop',
  );
  assert.equal(match?.safety, 'assumes');
  assert.match(match?.risk ?? '', /Assumes that `log\(item\)` does not change `known`\.$/);
});

test('changes above the limit are refused', () => {
  const table = Array.from({ length: CHANGED_LINES_LIMIT }, (_, i) => `    k${i}: ${i},`).join('\n');
  const { matches, skipped } = findCandidates({
    file: 'a.js',
    language: 'js',
    rules: ['table-per-call'],
    source: `function f(k) {\n  const t = {\n${table}\n  };\n  return t[k];\n}\n`,
  });
  assert.deepEqual(matches, []);
  assert.match(skipped[0]?.reason ?? '', /changed lines are more than 60/);
});

test('what cannot be analysed is said, not thrown', () => {
  assert.match(findCandidates({ file: 'a.js', source: 'const = 1', language: 'js' }).skipped[0]?.reason ?? '', /does not parse/);
  assert.match(
    findCandidates({ file: 'a.js', source: 'eval(x); [1].filter(f)[0]', language: 'js' }).skipped[0]?.reason ?? '',
    /hides which variable/,
  );
  assert.deepEqual(find(''), []);
});

test('optional calls are left alone', () => {
  assert.deepEqual(find('export const f = (list) => list?.filter((x) => x === 1).length > 0;\n'), []);
});
