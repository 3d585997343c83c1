import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from './index.ts';
import { judgeFile } from './test-support/judge-file.ts';

const judge = (base: string, candidate: string): Finding[] => judgeFile(base, candidate, 'proposal');

const HAS = 'export const has = (o, k) => Object.keys(o).includes(k);\n';
const QUEUE = 'function Queue() { this._x = []; }\nQueue.prototype.add = function (v) { this._x.push(v); };\nmodule.exports = Queue;\n';
const HANDED = 'var Queue = (exports.Queue = function () { this._x = []; });\nQueue.prototype.add = function (v) { this._x.push(v); };\n';
const LEX = 'export function lex(t) {\n  const out = [];\n  let at = 0;\n  while (at < t.length) {\n    BODY\n  }\n  return out;\n}\n';
const lexed = (body: string): string => `const RULE = /\\w+|\\W/y;\n${LEX.replace('BODY', body)}`;
const UMD =
  "(function (root, factory) { if (typeof module === 'object') module.exports = factory(); else root.x = factory(); })(this, function () { return { f: function (a) { BODY } }; });\n";
const umd = (body: string, top = ''): string => UMD.replace('BODY', body).replace('return { f', `${top} return { f`);
const MONEY = 'export function money(n, d) {\n  return Number(n.toFixed(2));\n}\nexport const other = (n) => n;\n';
const OLD = 'exports.Socket = function Socket(io) {\n  this.io = io;\n  this.go = function (x) { return this.io.fetch(x); };\n};\n';
const SLICED = LEX.replace('BODY', 'const m = /^\\w+|^\\W/.exec(t.slice(at)); out.push(m[0]); at += m[0].length;');

/** What people write to make code faster; then neighbours that stay refused. */
const pairs: [what: string, base: string, usual: string, neighbours: string[]][] = [
  [
    'methods taken out of a prototype',
    HAS,
    'const { hasOwnProperty, propertyIsEnumerable: own } = Object.prototype;\nexport const has = (o, k) => hasOwnProperty.call(o, k) && own.call(o, k);\n',
    [
      `const { constructor: C } = Object.prototype;\n${HAS}`,
      `const { __proto__: P } = Array.prototype;\n${HAS}`,
      `const { ...all } = Array.prototype;\n${HAS}`,
      `const P = Object.prototype;\n${HAS}`,
      `const { hasOwnProperty } = Object.prototype;\n${HAS.replace('=> ', '=> { hasOwnProperty.last = k; return ').replace(';\n', '; }\n')}`,
    ],
  ],
  [
    'a method that a constructor keeps to itself',
    QUEUE,
    `${QUEUE.replace('this._x.push(v)', 'this._grow(v)')}Queue.prototype._grow = function (v) { this._x.push(v); };\n`,
    [
      `${QUEUE}Queue.prototype.grow = function (v) { return v; };\n`,
      `${QUEUE}Array.prototype._grow = function (v) { return v; };\n`,
      `${QUEUE}Queue = Array;\nQueue.prototype._grow = function (v) { return v; };\n`,
      `${QUEUE}Queue.prototype = Array.prototype;\nQueue.prototype._grow = function (v) { return v; };\n`,
      `${QUEUE}Queue.prototype._last = 0;\n`,
      QUEUE.replace('this._x.push(v);', 'Queue.prototype._seen = function () { return v; };'),
    ],
  ],
  [
    'a method of a constructor that is handed out where it is made',
    HANDED,
    `${HANDED.replace('this._x.push(v)', 'this._grow(v)')}Queue.prototype._grow = function (v) { this._x.push(v); };\n`,
    [
      `${HANDED}Queue.prototype.grow = function (v) { return v; };\n`,
      `${HANDED.replace('function () { this._x = []; }', 'Array')}Queue.prototype._grow = function (v) { return v; };\n`,
      `${HANDED}Queue = Array;\nQueue.prototype._grow = function (v) { return v; };\n`,
    ],
  ],
  [
    'a sticky expression that is placed before each use',
    SLICED,
    lexed('RULE.lastIndex = at; const m = RULE.exec(t); if (!m) throw new Error("no"); out.push(m[0]); at = RULE.lastIndex;'),
    [
      lexed('RULE.lastIndex = t.length; at += 1;'),
      lexed('if (at > 0) RULE.lastIndex = at; const m = RULE.exec(t); at += m[0].length;'),
      lexed('RULE.lastIndex = RULE.lastIndex + 1; const m = RULE.exec(t); at += m[0].length;'),
      lexed('RULE.lastIndex = at; out.onToken(); const m = RULE.exec(t); at += m[0].length;'),
      lexed('const seen = RULE.lastIndex; RULE.lastIndex = at; const m = RULE.exec(t); at += m[0].length + seen;'),
      `${lexed('RULE.lastIndex = at; const m = RULE.exec(t); at += m[0].length;')}export const warm = () => RULE.lastIndex > 0;\n`,
      lexed('RULE.lastIndex = at; const rule = RULE; const m = rule.exec(t); at += m[0].length;'),
    ],
  ],
  [
    'a second branch that rounds the result to as many digits',
    MONEY,
    MONEY.replace('return', 'if (n < 0) return -Number((-n).toFixed(2));\n  return'),
    [
      MONEY.replace('return', 'if (n < 0) return -Number((-n).toFixed(1));\n  return'),
      MONEY.replace('return', 'if (n < 0) return -Number((-n).toPrecision(2));\n  return'),
      MONEY.replace('return', 'n = Number((n + d).toFixed(2));\n  return'),
      MONEY.replace('n.toFixed(2)', '(n + Number(d.toFixed(2))).toFixed(2)'),
      MONEY.replace('return Number(n.toFixed(2))', 'return Number(n.toFixed(2)) + Number(d.toFixed(2))'),
      MONEY.replace('return', 'if (d) return d.map((x) => Number(x.toFixed(2))).join();\n  return'),
      MONEY.replace('(n) => n', '(n) => Number(n.toFixed(2))'),
    ],
  ],
  [
    'a name for this that is also one of the global object',
    OLD,
    OLD.replace('{\n', '{\n  var self = this;\n').replace('return this.io', 'self.last = x; return self.io'),
    [
      OLD.replace('return', 'self.last = x; return'),
      OLD.replace('{\n', '{\n  var self = globalThis;\n').replace('return', 'self.last = x; return'),
      OLD.replace('return', 'Array.last = x; return'),
    ],
  ],
  [
    'the inside of a module that is wrapped in a function',
    umd('return a.map(String);'),
    umd('var r = []; for (var i = 0; i < a.length; i++) r.push(String(a[i])); return r;', "var EMPTY = '';"),
    [
      umd('return a.map(String);', 'var t = []; for (var i = 0; i < 256; i++) t.push(i);'),
      umd('return a.map(String);', 'var n = 0; var last; n += 1;').replace('return a.map', 'last = a; return a.map'),
    ],
  ],
];
for (const [what, base, usual, neighbours] of pairs) {
  test(`has nothing to say about ${what}`, () => assert.deepEqual(judge(base, usual), []));
  for (const [index, neighbour] of neighbours.entries())
    test(`refuses what stands beside ${what} (${index + 1})`, () =>
      assert.ok(
        judge(base, neighbour).some((found) => found.severity === 'refused'),
        neighbour,
      ));
}

test('shows a person a call that is new in a module that is wrapped in a function', () =>
  assert.deepEqual(
    judge(umd('return a;'), umd('return a;', 'var t = String(1);')).map((found) => [found.guard, found.severity]),
    [['work-at-import', 'needs_person']],
  ));
