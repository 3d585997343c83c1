import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type ProfileNode, sharesOf } from './call-tree.ts';
import { profileFolder, reachedFunctions } from './profile-folder.ts';
import { profileWorkload } from './profile-workload.ts';
import { SourceFiles } from './source-files.ts';
import { functionAt, namedOwner, sourceFunctions } from './source-functions.ts';

const folders: string[] = [];
after(() => {
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});

function tree(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'codeoptima-profile-'));
  folders.push(dir);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

test('names functions the way people call them', () => {
  const text = `
function plain() {}
const arrow = () => 1;
const cast = (function () {}) as Handler;
class Stack { static of() {} #grow() {} push = () => 2; get size() { return 1; } constructor() {} }
const table = { key() {}, other: () => 3, 'quoted-key': function () {} };
module.exports.exported = function () {};
Stack.prototype.legacy = function () {};
export default (a) => a;
list.map((x) => x + 1);
const wrapped = memo(() => 1);
`;
  const symbols = sourceFunctions(text, 'a.ts').map((f) => f.symbol);
  const expected = [
    'plain',
    'arrow',
    'cast',
    'Stack.of',
    'Stack.#grow',
    'Stack.push',
    'Stack.size',
    'Stack.constructor',
    'table.key',
    'table.other',
    'table.quoted-key',
  ];
  assert.deepEqual(symbols, [...expected, 'exported', 'Stack.legacy', 'default', '<anonymous:10>', '<anonymous:11>']);
  assert.deepEqual(sourceFunctions('this is ((( no source', 'a.js'), []);
});

test('a callback belongs to the named function around it', () => {
  const text = 'export function outer(list) {\n  return list.filter((x) => list.some((y) => y === x));\n}\n';
  const functions = sourceFunctions(text, 'a.js');
  const inner = functionAt(functions, text.indexOf('y === x'));
  assert.ok(inner);
  assert.equal(inner.named, false);
  assert.equal(namedOwner(functions, inner).symbol, 'outer');
});

const node = (
  id: number,
  name: string,
  line: number,
  self_us: number,
  children: number[] = [],
  url = 'file:///repo/a.js',
): ProfileNode => ({ id, name, url, line, column: 0, self_us, children });

test('inclusive time counts once per stack, own time goes to whoever spent it', () => {
  const dir = tree({ 'a.js': 'function one() {}\nfunction two() {}\n' });
  const sources = new SourceFiles(dir, 'file:///repo/');
  const nodes = [
    node(1, '(root)', -1, 0, [2, 6, 7], ''),
    node(2, 'one', 0, 10, [3]),
    node(3, 'two', 1, 20, [4, 5]),
    node(4, 'one', 0, 30),
    node(5, 'dep', 0, 5, [], 'file:///repo/node_modules/d/i.js'),
    node(6, '(garbage collector)', -1, 7, [], ''),
    node(7, '(idle)', -1, 1000, [], ''),
  ];
  const shares = sharesOf(nodes, sources);
  assert.equal(shares.total_us, 72);
  assert.equal(shares.collector_us, 7);
  assert.equal(shares.foreign_us, 5);
  const [one, two] = [shares.functions.get('a.js:1:one'), shares.functions.get('a.js:2:two')];
  assert.deepEqual([one?.self_us, one?.inclusive_us], [40, 65]);
  assert.deepEqual([two?.self_us, two?.inclusive_us, two?.addressable_us], [20, 55, 25]);
  assert.equal(two?.callers.get('a.js:1:one'), 55);
});

test('finds the slow function behind bundled code through its source map', async () => {
  // One generated line maps to src/slow.ts line 2, where the function begins: "AACA" is column 0, source 0, line +1, column 0.
  const map = JSON.stringify({ version: 3, sources: ['../src/slow.ts'], names: [], mappings: 'AACA' });
  const dir = tree({
    'package.json': '{"name":"b","type":"module","exports":"./dist/index.js"}',
    'src/slow.ts':
      '// the source\nexport function slow(n: number): number { let s = 0; for (let i = 0; i < n; i++) s += i % 7; return s; }\n',
    'dist/index.js':
      'export function slow(n) { let s = 0; for (let i = 0; i < n; i++) s += i % 7; return s; }\n//# sourceMappingURL=index.js.map\n',
    'dist/index.js.map': map,
  });
  const text = 'export const sizes = [10];\nexport default ({ slow }) => ({ fn: () => slow(20000) + slow(3), check: 1 });';
  const workload = { id: 'w', name: 'w', source: 'user' as const, text, path: null, entry: null };
  const outcome = await profileWorkload({ dir, workload, package_dir: '', cpu: null, duration_ms: 1000, warmup_ms: 50 });
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.message);
  const [top] = outcome.profile.functions;
  assert.deepEqual([top?.file, top?.symbol, top?.start_line, top?.calls_per_op], ['src/slow.ts', 'slow', 2, 2]);
  assert.ok((top?.inclusive_share ?? 0) > 0.6);
  assert.deepEqual(outcome.profile.sizes, [10]);
});

test('a workload that fails gives its sentence instead of a profile', async () => {
  const dir = tree({ 'index.js': 'exports.a = 1;' });
  const workload = {
    id: 'w',
    name: 'w',
    source: 'user' as const,
    text: 'export default () => { throw new Error("no data"); };',
    path: null,
    entry: null,
  };
  const outcome = await profileWorkload({ dir, workload, package_dir: '', cpu: null });
  assert.ok(!outcome.ok && /setup\(lib\) failed: Error: no data/.test(outcome.message));
});

test('reads the profiles and the coverage of a run of several processes', async () => {
  const dir = tree({
    'lib.js':
      'exports.busy = function () {\n  let s = 0;\n  for (let i = 0; i < 3e7; i++) s += i % 3;\n  return s;\n};\nexports.idle = function () { return 1; };\n',
    'run.js': "require('./lib.js').busy();\n",
    'out/.keep': '',
  });
  for (let i = 0; i < 2; i++) {
    execFileSync(process.execPath, ['--cpu-prof', `--cpu-prof-dir=${join(dir, 'out')}`, '--cpu-prof-interval=500', join(dir, 'run.js')], {
      env: { NODE_V8_COVERAGE: join(dir, 'out') },
    });
  }
  const url = `${pathToFileURL(dir).href}/`;
  const shares = await profileFolder(join(dir, 'out'), new SourceFiles(dir, url));
  const busy = shares?.functions.get('lib.js:1:busy');
  assert.ok(busy && busy.self_us > 0.2 * (shares?.total_us ?? 0));
  const reached = await reachedFunctions(join(dir, 'out'), (maps) => new SourceFiles(dir, url, maps));
  assert.equal(reached?.calls('lib.js', 1, 'busy'), 2);
  assert.equal(reached?.calls('lib.js', 6, 'idle'), 0);
  assert.equal(await profileFolder(join(dir, 'none'), new SourceFiles(dir, url)), null);
});
