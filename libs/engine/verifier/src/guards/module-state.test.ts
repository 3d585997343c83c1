import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from './index.ts';
import { judgeFile } from './test-support/judge-file.ts';

const BASE = `export function total(items) {
  let sum = 0;
  for (const item of items) sum += item;
  return sum;
}
`;
const inBody = (statement: string, top: string): string => `${top}\n${BASE.replace('  let sum = 0;', `  let sum = 0;\n  ${statement}`)}`;

const judge = (candidate: string, base = BASE): Finding[] =>
  judgeFile(base, candidate, 'any_change').filter((found) => found.guard === 'module-state');
const severities = (candidate: string, base = BASE): string[] => judge(candidate, base).map((found) => found.severity);

const ROWS = 'const ROWS = [1, 2];';
const NESTED = 'const NESTED = [{ n: 1 }, { n: 2 }];';

const hostile: [string, string][] = [
  ['an alias that writes', inBody('const rows = ROWS; rows[0] = sum;', ROWS)],
  ['an alias of an alias that writes', inBody('const a = ROWS; const b = a; b.length = 0;', ROWS)],
  ['an alias chosen by a condition', inBody('const rows = items.length ? ROWS : []; rows.push(1);', ROWS)],
  ['an alias as a fallback', inBody('const rows = items.rows ?? ROWS; rows.push(1);', ROWS)],
  ['an alias assigned in passing', inBody('let rows; if ((rows = ROWS)) rows.push(1);', ROWS)],
  ['an alias kept though it is set again', inBody('let rows = ROWS; if (sum) rows = rows.slice(); rows.push(1);', ROWS)],
  ['an alias in a closure', inBody('const rows = ROWS; const put = () => { rows.push(1); }; put();', ROWS)],
  ['an alias made by the module', inBody('also.push(1);', `${ROWS}\nconst also = ROWS;`)],
  ['a value taken apart', inBody('const { list } = TABLE; list.push(sum);', 'const TABLE = { list: [] };')],
  [
    'a value taken apart with another name and a default',
    inBody('const { list: own = [] } = TABLE; own.push(sum);', 'const TABLE = { list: [] };'),
  ],
  ['the first of a list', inBody('const [first] = NESTED; first.n = sum;', NESTED)],
  ['the rest of a list', inBody('const [, ...rest] = NESTED; rest[0].n = sum;', NESTED)],
  ['the default of a parameter', inBody('const put = (to = ROWS) => { to.push(sum); }; put();', ROWS)],
  [
    'the default of a parameter that is taken apart',
    inBody('const put = ({ list } = TABLE) => list.push(sum); put();', 'const TABLE = { list: [] };'),
  ],
  ['an argument of a function that writes', inBody('put(ROWS);', `${ROWS}\nfunction put(to) { to.push(1); }`)],
  [
    'an argument of a function that passes it on',
    inBody('put(ROWS);', `${ROWS}\nconst put = (to) => fill(to);\nfunction fill(to) { to[0] = 1; }`),
  ],
  ['a rest argument of a function that writes', inBody('put(1, ROWS);', `${ROWS}\nfunction put(n, ...to) { to[0].push(n); }`)],
  ['the result of a function of the module', inBody('rows().push(1);', `${ROWS}\nconst rows = () => ROWS;`)],
  ['an alias returned', `${ROWS}\nexport function total(items) {\n  const rows = ROWS;\n  return items.length ? rows : [];\n}\n`],
  ['a value thrown', inBody('if (!items) throw NESTED;', NESTED)],
  ['a value yielded', `${ROWS}\nexport function* total() { yield ROWS; }\n`],
  ['an element returned', `${NESTED}\nexport const total = (items) => NESTED[items.length];\n`],
  ['an element found', `${NESTED}\nexport const total = (items) => NESTED.find((row) => row.n === items.length);\n`],
  ['a value in what is returned', `${ROWS}\nexport const total = (items) => ({ items, rows: ROWS });\n`],
  ['a value stored on an argument', inBody('items.rows = ROWS;', ROWS)],
  ['a value stored on this', `${ROWS}\nexport class Total { constructor() { this.rows = ROWS; } }\n`],
  ['a value as a field of every instance', `${ROWS}\nexport class Total { rows = ROWS; }\n`],
  ['a value stored in an object that is taken apart again', inBody('const box = { rows: ROWS }; box.rows.push(1);', ROWS)],
  ['a value put into a list of the caller', inBody('items.push(ROWS);', ROWS)],
  ['a value put into a list of the function and changed there', inBody('const all = []; all.push(ROWS); all[0].push(1);', ROWS)],
  ['push through a loop', inBody('for (const row of NESTED) row.n += 1;', NESTED)],
  ['push through a callback', inBody('NESTED.forEach((row) => { row.n += 1; });', NESTED)],
  ['push through the last argument of a callback', inBody('ROWS.forEach((row, index, rows) => { rows[index] = 0; });', ROWS)],
  ['push through a copy that holds the same elements', inBody('for (const row of [...NESTED].reverse()) row.n += 1;', NESTED)],
  ['an element of a Map', inBody('GROUPS.get(sum).push(1);', 'const GROUPS = new Map([[0, []]]);')],
  [
    'an element of a table that is filled while loading',
    inBody('const row = TABLE[sum]; row.hits = 1;', 'const TABLE = { a: 1 };\nTABLE.b = { hits: 0 };'),
  ],
  ['a borrowed method', inBody('[].push.call(ROWS, 1);', ROWS)],
  ['a borrowed method of an alias', inBody('const rows = ROWS; Reflect.apply(Array.prototype.push, rows, [1]);', ROWS)],
  ['a method bound to an alias', `${ROWS}\nconst rows = ROWS;\nconst put = rows.push.bind(rows);\n${BASE}`],
  ['a list that is sorted in place', inBody('const [least] = ROWS.sort(); sum += least - 1;', ROWS)],
  ['bytes written by a view', inBody('VIEW.setUint8(0, sum);', 'const VIEW = new DataView(new ArrayBuffer(8));')],
  ['the place of an iterator', inBody('sum += turn.next().value;', `${ROWS}\nconst turn = ROWS.values();`)],
  ['an iterator in a loop', inBody('for (const row of turn) { sum += row; break; }', `${ROWS}\nconst turn = ROWS[Symbol.iterator]();`)],
  [
    'a generator behind an alias',
    inBody('const own = ids; sum += own.next().value;', 'function* count() { let n = 0; for (;;) yield n++; }\nconst ids = count();'),
  ],
  ['the place of a global regular expression', inBody('if (WORD.test(String(items))) sum = 0;', 'const WORD = /x/g;')],
  ['the place of a sticky regular expression', inBody('sum += WORD.exec(String(items)) ? 1 : 0;', 'const WORD = /x/y;')],
  [
    'the place of a regular expression behind an alias',
    inBody('const word = WORD; if (word.test(String(items))) sum = 0;', 'const WORD = /x/g;'),
  ],
  [
    'the place of a regular expression with flags nobody knows',
    inBody('if (WORD.test(String(items))) sum = 0;', 'import { flags } from "./flags.js";\nconst WORD = new RegExp("x", flags);'),
  ],
  ['a sticky replacement', inBody("String(items).replace(WORD, '');", 'const WORD = /x/y;')],
  ['a global regular expression that is returned', `const WORD = /x/g;\nexport const total = () => WORD;\n`],
  ['a place set back only sometimes', inBody('if (sum) WORD.lastIndex = 1; if (WORD.test(String(items))) sum = 0;', 'const WORD = /x/g;')],
  [
    'a function that is run while loading and kept for later',
    `let last = 0;\nconst main = () => { last += 1; };\nmain();\nexport const total = () => { main(); return last; };\n`,
  ],
  [
    'a function that is run while loading and hands itself on',
    `let last = 0;\nconst main = (items) => { items.then(main); last += 1; };\nmain(later);\n${BASE}`,
  ],
  [
    'a symbol that becomes a Map',
    `let seen = Symbol('none');\nexport const total = (items) => { if (typeof seen === 'symbol') seen = new Map(); seen.set(items, 1); return seen.size; };\n`,
  ],
  ['a number that counts', `let calls = 0;\nexport const total = (items) => items.length + calls++;\n`],
];
for (const [name, candidate] of hostile)
  test(`refuses: ${name}`, () => assert.ok(severities(candidate).includes('refused'), JSON.stringify(judge(candidate))));

const sound: [string, string][] = [
  ['an alias that is read', inBody('const rows = ROWS; sum += rows[0] + rows.indexOf(2) + rows.length;', ROWS)],
  [
    'an alias that is set to something else',
    inBody('let rows = items; if (!rows) rows = ROWS; rows = [...rows]; sum += rows.length;', ROWS),
  ],
  [
    'a parameter that is set to it',
    `${ROWS}\nexport const total = (items) => { if (!items) items = ROWS; let sum = 0; for (const item of items) sum += item; return sum; };\n`,
  ],
  ['a default of a parameter that is read', inBody('const at = (n, rows = ROWS) => rows[n]; sum += at(0);', ROWS)],
  [
    'a symbol that stands for a key, handed to what keeps keys',
    inBody(
      'const key = (n) => (n === 0 ? NONE : n); const seen = new Set(); for (const item of items) seen.add(key(item));',
      "const NONE = Symbol('none');",
    ),
  ],
  ['a value taken apart and read', inBody('const { a, ...others } = TABLE; others.b = a; sum += a;', 'const TABLE = { a: 1, b: 2 };')],
  ['a local of the same name', inBody('const rows = []; rows.push(1); { const rows = ROWS; sum += rows[0]; }', ROWS)],
  ['a copy that is changed', inBody('const rows = ROWS.slice(); rows.push(1); const more = [...ROWS]; more.sort();', ROWS)],
  [
    'a copy of an object that is changed',
    inBody('const own = { ...TABLE }; own.a = 2; const other = Object.assign({}, TABLE); other.a = 3;', 'const TABLE = { a: 1 };'),
  ],
  ['an argument of a function that reads', inBody('sum += at(ROWS, 0);', `${ROWS}\nfunction at(rows, n) { return rows[n]; }`)],
  [
    'an argument of built-ins that read',
    inBody('sum += Math.max(...ROWS) + JSON.stringify(ROWS).length + Object.keys(ROWS).length;', ROWS),
  ],
  ['a Set made of it', inBody('const seen = new Set(ROWS); seen.add(3);', ROWS)],
  ['callbacks that read', inBody('sum += ROWS.filter((row) => row > 1).map((row) => row * 2).reduce((a, b) => a + b, 0);', ROWS)],
  [
    'a table of functions',
    inBody('const make = MAKERS[sum] ?? MAKERS.b; sum = make(sum);', 'const MAKERS = { a: (n) => n, b: (n) => n + 1 };'),
  ],
  [
    'whether it has a key',
    inBody('if (Object.prototype.hasOwnProperty.call(TABLE, sum) || sum in TABLE) sum = 0;', 'const TABLE = { a: 1 };'),
  ],
  [
    'a frozen value that is returned',
    `const NONE = Object.freeze({ loose: true });\nexport const total = (items) => (items ? items : NONE);\n`,
  ],
  [
    'an element that is a text, returned',
    `const NAMES = ['a', 'b'];\nexport const total = (items) => NAMES[items.length] ?? NAMES.at(-1);\n`,
  ],
  ['a pattern that is returned', `const WORD = /x/;\nexport const total = () => WORD;\n`],
  ['a pattern without a place', inBody('const word = WORD; if (word.test(String(items))) sum = 0;', 'const WORD = /x/i;')],
  [
    'a global pattern for texts',
    inBody("sum += String(items).replace(WORD, '').split(WORD).length + [...String(items).matchAll(WORD)].length;", 'const WORD = /x/g;'),
  ],
  ['a pattern that is set back before', inBody('WORD.lastIndex = 0; while (WORD.exec(String(items))) sum += 1;', 'const WORD = /x/g;')],
  ['a value that the caller of a local function reads', inBody('sum += rows()[0];', `${ROWS}\nconst rows = () => ROWS;`)],
  ['a value in a list of the function', inBody('const all = []; all.push(ROWS); sum += all[0][0];', ROWS)],
  [
    'a function that runs once, and what it calls',
    `let last = 0;\nconst main = () => { last += 1; more(); };\nfunction more() { last += 1; }\nmain();\n${BASE}`,
  ],
];
for (const [name, candidate] of sound) test(`passes: ${name}`, () => assert.deepEqual(judge(candidate), []));

const unsure: [string, string][] = [
  ['an argument of a function of another module', inBody('sum += read(ROWS);', `import { read } from './read.js';\n${ROWS}`)],
  ['a callback of another module', inBody('ROWS.forEach(read);', `import { read } from './read.js';\n${ROWS}`)],
  [
    'a pattern that is set back after',
    inBody('const found = WORD.test(String(items)); WORD.lastIndex = 0; if (found) sum = 0;', 'const WORD = /x/g;'),
  ],
  ['a function that reads arguments', inBody('sum += at(ROWS);', `${ROWS}\nfunction at() { return arguments[0][0]; }`)],
];
for (const [name, candidate] of unsure) test(`shows to a person: ${name}`, () => assert.deepEqual(severities(candidate), ['needs_person']));

test('what is filled while the module is loaded and read later is no state', () => {
  assert.deepEqual(judge(inBody("sum += TABLE['a'] ?? 0;", "const TABLE = {};\nfor (const name of ['a', 'b']) TABLE[name] = 1;")), []);
});

test('what the base did with a value of the module the candidate may do as well', () => {
  const base = `${ROWS}\nexport const total = (items) => (items ? ROWS : null);\n`;
  assert.deepEqual(judge(`${base}// more\n`, base), []);
  assert.deepEqual(severities(base.replace('items ?', 'ROWS.push(1) &&').replace(': null', ''), base), ['refused']);
});

test('the variables of a script live as long as one run of it', () => {
  const base =
    '#!/usr/bin/env node\nconst { argv } = process;\nlet loose = false;\nargv.forEach((each) => { run(each); });\nfunction run(each) { later(each, () => { console.log(each, loose); }); }\n';
  const candidate = base.replace('console.log', 'count += 1; console.log').replace('let loose', 'let count = 0;\nlet loose');
  assert.deepEqual(severities(candidate, base), ['needs_person']);
  // Without its first line, or with something to import, it is a module like others.
  const [plain, changed] = [base, candidate].map((text) => text.replace(/^#!.*\n/, '')) as [string, string];
  assert.deepEqual(severities(changed, plain), ['refused']);
  assert.deepEqual(severities(candidate, plain), ['refused']);
  assert.deepEqual(severities(`${candidate}module.exports = run;\n`, `${base}module.exports = run;\n`), ['refused']);
});
