import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DiffFile, type Finding, parseDiff, runGuards } from './index.ts';

const diffFile = (path: string, extra: Partial<DiffFile> = {}): DiffFile => ({
  old_path: path,
  new_path: path,
  special: [],
  added: new Set([1]),
  removed: new Set([1]),
  ...extra,
});

function judge(base: string, candidate: string, seen: string[] = [], file = 'src/a.ts'): Finding[] {
  const known = new Set(base.split('\n'));
  const added = new Set(candidate.split('\n').flatMap((line, index) => (known.has(line) ? [] : [index + 1])));
  return runGuards({
    diff: [diffFile(file, { added })],
    sources: [{ file, base, candidate, added }],
    seen,
    origin: 'proposal',
    changed_lines_max: 60,
    ignored: () => false,
  });
}
const refusals = (findings: Finding[]): string[] => findings.filter((found) => found.severity === 'refused').map((found) => found.guard);

const BASE = `export function total(items: number[]): number {\n  let sum = 0;\n  for (const item of items) sum += item;\n  return sum;\n}\n`;
const inBody = (statement: string): string => BASE.replace('  let sum = 0;', `  let sum = 0;\n  ${statement}`);
const atTop = (statement: string): string => `${statement}\n${BASE}`;

const hostile: [string, string, string][] = [
  ['clock', 'clock-or-timer', inBody('if (Date.now() % 2) return 0;')],
  ['timer', 'clock-or-timer', inBody('setTimeout(() => sum, 0);')],
  ['performance', 'clock-or-timer', inBody('globalThis.performance.now();')],
  ['environment', 'process-state', inBody("if (process.env['CI']) return 1;")],
  ['arguments', 'process-state', inBody('if (process.argv.length > 2) return 1;')],
  ['import of fs', 'new-import', atTop("import { readFileSync } from 'node:fs';")],
  ['require of child_process', 'new-import', inBody("require('child_process');")],
  ['computed require', 'dynamic-code', inBody("globalThis['eval']('1');")],
  ['eval', 'dynamic-code', inBody("eval('1');")],
  ['Function', 'dynamic-code', inBody("new Function('return 1')();")],
  ['dynamic import', 'dynamic-code', inBody("void import('./x.js');")],
  ['stack', 'stack-inspection', inBody('const s = new Error().stack;')],
  ['captureStackTrace', 'stack-inspection', inBody('Error.captureStackTrace({});')],
  ['patched prototype', 'patched-global', inBody('Array.prototype.push = function () { return 0; };')],
  ['defineProperty on prototype', 'patched-global', inBody("Object.defineProperty(Array.prototype, 'x', {});")],
  ['patched JSON', 'patched-global', atTop('JSON.stringify = () => "";')],
  ['patched hrtime', 'patched-global', inBody('process.hrtime = undefined;')],
  ['global state', 'global-state', inBody('globalThis.cacheOfTotals = sum;')],
  ['module cache', 'module-state', `const cache = new Map<number, number>();\n${inBody('cache.set(items.length, 1);')}`],
  ['module flag', 'module-state', `let last = 0;\n${inBody('last = items.length;')}`],
  [
    'cache in a closure called at once',
    'module-state',
    'export const total = (() => {\n  const cache = new Map();\n  return (items: number[]) => { cache.set(items, 1); return 0; };\n})();\n',
  ],
  [
    'a flag written while loading and again by a call',
    'module-state',
    `let last = 0;\nfunction prepare(n: number) { last = n; }\nprepare(1);\n${inBody('prepare(items.length);')}`,
  ],
  ['cache on the function', 'module-state', inBody('total.last = items;')],
  ['static class field', 'module-state', `class Memo { static last = 0; static put(n: number) { Memo.last = n; } }\n${BASE}`],
  ['loop at import', 'work-at-import', atTop('const table: number[] = []; for (let i = 0; i < 256; i++) table.push(i);')],
  ['network', 'network-or-storage', inBody("fetch('http://127.0.0.1');")],
  ['test detection', 'test-detection', inBody("if (typeof describe !== 'undefined') return 0;")],
  ['precision', 'weaker-precision', inBody('sum = Math.fround(sum);')],
  ['swallowed error', 'swallowed-error', inBody('try { sum += 1; } catch {}')],
  ['zero-width character', 'invisible-character', inBody('const a\u200bb = 1;')],
  ['bidirectional override', 'invisible-character', inBody('// \u202e evil')],
  ['look-alike letter', 'look-alike', inBody('const s\u0443m = 1;')],
  ['console', 'debugging', inBody('console.log(sum);')],
  ['syntax error', 'syntax', inBody('let = ;')],
  ['a computed name of the global object', 'global-state', inBody("const k = 'pro' + 'cess'; if ((globalThis as any)[k]) return 0;")],
  ['another name for the global object', 'global-state', inBody('const g: any = globalThis; if (g.process) return 0;')],
  ['taken out of the global object', 'global-state', inBody('const { process: p } = globalThis as any; if (p) return 0;')],
  ['reflection on the global object', 'global-state', inBody("if (Reflect.get(globalThis, 'process')) return 0;")],
  ['a name that nothing declares', 'unknown-global', inBody('leaked = sum;')],
  ['an engine global', 'unknown-global', inBody('gc();')],
  ['require by another name', 'dynamic-code', inBody("const r = require; r('fs');")],
  ['module.require', 'dynamic-code', inBody("module.require('fs');")],
  ['the constructor of a function', 'dynamic-code', inBody("(() => {}).constructor('return 1')();")],
  ['the constructor of a method', 'dynamic-code', inBody("([] as any)['filter']['constructor']('return process')();")],
  ['the constructor of an async function', 'dynamic-code', inBody("const A = (async () => {}).constructor as any; A('return 1');")],
  ['indirect eval', 'dynamic-code', inBody("(0, eval)('1');")],
  ['eval by another name', 'dynamic-code', inBody("const e = eval; e('1');")],
  ['Function by another name', 'dynamic-code', inBody("const F = Function; new F('return 1');")],
  ['import.meta', 'process-state', inBody('if (import.meta.url.length > 3) return 0;')],
  ['escaped letters in a name', 'process-state', inBody('if (\\u0070rocess.env) return 0;')],
  ['performance by another name', 'clock-or-timer', inBody('const p = performance; if (p.now() > 1e9) return 0;')],
  ['Date by another name', 'clock-or-timer', inBody('const D = Date; if (+new D()) return 0;')],
  ['Date as a function', 'clock-or-timer', inBody('if (Date()) return 0;')],
  ['a timer by another name', 'clock-or-timer', inBody('const later = setTimeout; later(() => {}, 0);')],
  ['waiting for shared memory', 'clock-or-timer', inBody('Atomics.wait(new Int32Array(4), 0, 0, 5);')],
  ['randomness taken out of Math', 'randomness', inBody('const { random } = Math; if (random() > 2) return 0;')],
  ['precision taken out of Math', 'weaker-precision', inBody('const { fround } = Math; sum = fround(sum);')],
  [
    'precision by a view',
    'weaker-precision',
    inBody('const d = new DataView(new ArrayBuffer(4)); d.setFloat32(0, sum); sum = d.getFloat32(0);'),
  ],
  ['precision by a typed array', 'weaker-precision', inBody('sum = Float32Array.of(sum)[0]!;')],
  ['the stack of a caught error', 'stack-inspection', inBody('try { throw new Error(); } catch (x: any) { if (x.stack) return 0; }')],
  ['the stack taken out of an error', 'stack-inspection', inBody('const { stack } = new Error(); if (stack) return 0;')],
  ['the stack by its text', 'stack-inspection', inBody("const e = new Error(); if (e['stack']) return 0;")],
  ['the caller of a function', 'stack-inspection', inBody('if ((total as any).caller) return 0;')],
  ['a prototype by another name', 'patched-global', inBody('const P: any = Array.prototype; P.push = () => 0;')],
  ['a prototype through a value', 'patched-global', inBody('([] as any).__proto__.push = () => 0;')],
  ['a prototype through Object', 'patched-global', inBody('Object.getPrototypeOf(items).push = () => 0;')],
  ['an old way to define a getter', 'patched-global', inBody("(Array.prototype as any).__defineGetter__('x', () => 1);")],
  ['a cache behind an alias', 'module-state', `const memo = new Map();\n${inBody('const m = memo; m.set(items, 1);')}`],
  ['a cache written by Object.assign', 'module-state', `const memo = {};\n${inBody('Object.assign(memo, { [items.length]: 1 });')}`],
  ['a cache written by a borrowed method', 'module-state', `const memo = new Map();\n${inBody('Map.prototype.set.call(memo, items, 1);')}`],
  [
    'a cache as a default of a parameter',
    'module-state',
    `const shared = new Map();\n${inBody('memo.set(items, 1);').replace('items: number[]', 'items: number[], memo = shared')}`,
  ],
  ['a table computed at import', 'work-at-import', atTop('const TABLE = Array.from({ length: 100000 }, (_, i) => i * i);')],
  ['waiting at import', 'work-at-import', atTop('await Promise.resolve();')],
  ['a promise nobody waits for', 'fire-and-forget', inBody('Promise.resolve().then(() => sum);')],
  ['a rejection dropped', 'swallowed-error', inBody('const p = Promise.resolve().catch(() => {});')],
  ['an error dropped by finally', 'swallowed-error', inBody('try { sum += 1; } finally { return sum; }')],
];
for (const [name, guard, candidate] of hostile) {
  test(`refuses: ${name}`, () => assert.ok(refusals(judge(BASE, candidate)).includes(guard), JSON.stringify(judge(BASE, candidate))));
}

const sound: [string, string, string][] = [
  [
    'an indexed loop',
    BASE,
    BASE.replace('for (const item of items) sum += item;', 'for (let i = 0; i < items.length; i++) sum += items[i]!;'),
  ],
  [
    'a hoisted RegExp',
    'export const f = (s: string) => s.replace(/a/g, "b");\n',
    'const A = /a/g;\nexport const f = (s: string) => s.replace(A, "b");\n',
  ],
  ['a constant table', BASE, `const NAMES = new Set(['a', 'b']);\n${inBody("if (NAMES.has('a')) sum += 0;")}`],
  [
    'a local Set and Map',
    BASE,
    inBody('const seen = new Set(items); const m = new Map(); m.set(1, 2); if (seen.has(1)) sum += m.size - 1;'),
  ],
  ['properties called like globals', BASE, inBody('const o = { process: 1, console: 2 }; sum += o.process + o.console - 3;')],
  [
    'state of a closure per call',
    'export function make() {\n  const q: number[] = [];\n  return () => q.shift();\n}\n',
    'export function make() {\n  const q: number[] = [];\n  let head = 0;\n  return () => q[head++];\n}\n',
  ],
  ['letters of other scripts in strings', BASE, inBody("const s = 'привет'; sum += s.length - 6;")],
  [
    'a declared cache the base had',
    'const c = new Map();\nexport const f = (k: string) => { if (!c.has(k)) c.set(k, k); return c.get(k); };\n',
    'const c = new Map();\nexport const f = (k: string) => { let v = c.get(k); if (v === undefined) { v = k; c.set(k, v); } return v; };\n',
  ],
  [
    'names of globals as locals',
    BASE,
    inBody('const performance = 1; const gc = (window: number) => window + performance; sum += gc(0) - 1;'),
  ],
  [
    'names of globals as properties and parameters',
    BASE,
    inBody('const f = ({ process, self }: any) => process + self; sum += f({ process: 0, self: 0 });'),
  ],
  ['dates of given times', BASE, inBody('sum += new Date(0).getTime() + Date.UTC(1970, 0, 1);')],
  ['a test for the class of a value', BASE, inBody('if ((items as any) instanceof Date || (items as any) instanceof Function) return 0;')],
  ['a data structure called stack', BASE, inBody('const node = { stack: [0] }; sum += node.stack[0]!;')],
  ['arithmetic of Math', BASE, inBody("sum += Math.max(0, Math['min'](0, 1));")],
  ['a constructor of the same class', BASE, inBody('class A { twin() { return new (this.constructor as any)(); } }')],
  [
    'a table that is read and never written',
    BASE,
    `const NAMES = ['a', 'b'];\n${inBody('const names = NAMES; sum += names.indexOf("a");')}`,
  ],
  ['a small table made at import', BASE, `const POWERS = new Uint32Array(32);\n${inBody('sum += POWERS[0]!;')}`],
  ['a promise that is returned', BASE, inBody('const wait = () => Promise.resolve(1).then((x) => x); void wait;')],
];
for (const [name, base, candidate] of sound) test(`passes: ${name}`, () => assert.deepEqual(refusals(judge(base, candidate)), []));

test('refuses answers that stand in a test or workload, not literals the file had', () => {
  const seen = ['assert.equal(total([1, 2]), 123457)', "name: 'Ada Lovelace'"];
  assert.ok(refusals(judge(BASE, inBody('if (items.length === 2) return 123457;'), seen)).includes('observed-literal'));
  assert.ok(refusals(judge(BASE, inBody("if (String(items) === 'Ada Lovelace') return 0;"), seen)).includes('observed-literal'));
  assert.ok(refusals(judge(BASE, inBody('if (sum === 1) return Number(1234577n);'), ['is(f(3), 1234577n)'])).includes('observed-literal'));
  const modules = ["const { PARTS } = require('../internal/parts.js');"];
  assert.deepEqual(refusals(judge(BASE, atTop("const { PARTS } = require('../internal/parts.js');"), modules)), []);
  assert.deepEqual(refusals(judge(inBody("const s = 'Ada Lovelace';"), `// moved\n${inBody("const s = 'Ada Lovelace';")}`, seen)), []);
});

test('refuses fire-and-forget', () => {
  const base =
    'declare function save(x: number): Promise<void>;\nexport async function all(xs: number[]) {\n  for (const x of xs) await save(x);\n}\n';
  assert.ok(refusals(judge(base, base.replace('await save(x)', 'void save(x)'))).includes('fire-and-forget'));
  assert.ok(refusals(judge(base, base.replace('await save(x)', 'save(x)'))).includes('fire-and-forget'));
});

for (const path of [
  'tests/a.ts',
  'src/a.test.ts',
  'bench/x.js',
  '.github/workflows/ci.js',
  'package.json',
  'package-lock.json',
  'vitest.config.ts',
  'src/a.d.ts',
  'README.md',
  '../a.ts',
  'src/__snapshots__/a.js',
  '.husky/pre-commit.js',
]) {
  test(`refuses a change of ${path}`, () => {
    const findings = runGuards({
      diff: [diffFile(path)],
      sources: [],
      seen: [],
      origin: 'proposal',
      changed_lines_max: 60,
      ignored: () => false,
    });
    assert.equal(findings[0]?.severity, 'refused');
  });
}

test('refuses renames, modes, symlinks, binaries, deletions, ignored and oversized', () => {
  const run = (file: DiffFile): string[] =>
    refusals(
      runGuards({
        diff: [file],
        sources: [],
        seen: [],
        origin: 'proposal',
        changed_lines_max: 60,
        ignored: (path) => path === 'src/ignored.ts',
      }),
    );
  assert.deepEqual(run(diffFile('src/a.ts', { new_path: 'src/b.ts' })), ['rename']);
  assert.deepEqual(run(diffFile('src/a.ts', { special: ['new mode 100755'] })), ['file-mode']);
  assert.deepEqual(run(diffFile('src/a.ts', { special: ['new file mode 120000'] })), ['symlink']);
  assert.deepEqual(run(diffFile('src/a.ts', { special: ['index 1a2b3c..4d5e6f 120000'] })), ['symlink']);
  assert.deepEqual(run(diffFile('sub', { special: ['new file mode 160000'] })), ['submodule']);
  assert.deepEqual(run(diffFile('src/a.ts', { special: ['GIT binary patch'] })), ['binary']);
  assert.deepEqual(run(diffFile('src/a.ts', { special: ['deleted file mode 100644'], new_path: null })), ['deleted-file']);
  assert.deepEqual(run(diffFile('src/ignored.ts')), ['ignored-path']);
  assert.deepEqual(run(diffFile('src/a.ts', { added: new Set(Array.from({ length: 61 }, (_, i) => i)) })), ['oversized']);
});

test('judges a commit of a person: what judges stays, the rest is shown', () => {
  const run = (file: DiffFile): string[] =>
    runGuards({ diff: [file], sources: [], seen: [], origin: 'any_change', changed_lines_max: 60, ignored: () => false }).map(
      (found) => `${found.guard} ${found.severity}`,
    );
  assert.deepEqual(run(diffFile('README.md')), []);
  assert.deepEqual(run(diffFile('package.json')), ['manifest needs_person']);
  assert.deepEqual(run(diffFile('test/a.js')), ['forbidden-path refused']);
  assert.deepEqual(run(diffFile('test/new.js', { special: ['new file mode 100644'] })), ['unused-file needs_person']);
  assert.deepEqual(run(diffFile('.github/workflows/x.js', { special: ['new file mode 100644'] })), ['forbidden-path refused']);
  assert.deepEqual(run(diffFile('test/a.js', { new_path: 'src/b.js' })), ['forbidden-path refused']);
  assert.deepEqual(run(diffFile('src/new.ts', { old_path: null })), []);
});

test('reads from the header of a link or a submodule what it is', () => {
  const patch = 'diff --git a/x b/x\nindex 1a2b3c..4d5e6f 120000\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n';
  assert.deepEqual(parseDiff(patch)[0]?.special, ['index 1a2b3c..4d5e6f 120000']);
  assert.deepEqual(parseDiff(patch.replace('120000', '100644'))[0]?.special, []);
});

test('parses what git prints', () => {
  const [file] = parseDiff(
    'diff --git a/src/a b.ts b/src/a b.ts\nindex 1..2 100644\n--- a/src/a b.ts\n+++ b/src/a b.ts\n@@ -1,2 +1,3 @@\n one\n-two\n+2\n+--- not a header\n\\ No newline at end of file\n',
  );
  assert.deepEqual([file?.new_path, [...(file?.added ?? [])], [...(file?.removed ?? [])]], ['src/a b.ts', [2, 3], [2]]);
  assert.throws(() => parseDiff('hello'), { code: 'bad_input' });
});

test('what is only written while the module is loaded is no state between calls', () => {
  const candidate = `let pattern: RegExp;\nfunction build() { pattern = new RegExp('a|b', 'g'); }\nbuild();\n${inBody('String(sum).replace(pattern, "");')}`;
  assert.deepEqual(
    judge(BASE, candidate).map((found) => [found.guard, found.severity]),
    [['work-at-import', 'needs_person']],
  );
});

test('asking whether there is a module system loads nothing', () => {
  assert.deepEqual(judge(BASE, inBody("if (require != null && typeof sum === 'number') sum = 0;")), []);
  assert.deepEqual(refusals(judge(BASE, inBody('const load = require;'))), ['dynamic-code']);
});

test('setting a regular expression back is no state between calls, setting it forward is', () => {
  const top = 'const digits = /\\d/g;\n';
  assert.deepEqual(judge(BASE, top + inBody('digits.lastIndex = 0; if (digits.test(String(sum))) sum = 0;')), []);
  assert.deepEqual(judge(BASE, `${top}const words = /a/g;\n${inBody('words.lastIndex = digits.lastIndex = 0;')}`), []);
  assert.deepEqual(refusals(judge(BASE, top + inBody('digits.lastIndex = items.length;'))), ['module-state']);
});
