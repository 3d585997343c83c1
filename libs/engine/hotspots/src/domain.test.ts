import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ProfiledFunction, WorkloadProfile } from '@codeoptima/measurement';
import { benchmarkFiles, benchmarkKind, scriptFiles } from './benchmark-files.ts';
import { isProduct, type ProfiledWorkload, rankHotspots } from './rank.ts';
import { TimeBudget } from './time-budget.ts';
import { readSource } from './tree.ts';

const fn = (symbol: string, over: Partial<ProfiledFunction> = {}): ProfiledFunction => ({
  file: 'src/a.ts',
  symbol,
  start_line: symbol.length,
  end_line: 9,
  self_share: 0.1,
  inclusive_share: 0.2,
  addressable_share: 0.1,
  inclusive_ns_per_op: 1000,
  calls_per_op: 1,
  callers: [],
  ...over,
});

const profile = (functions: ProfiledFunction[]): WorkloadProfile => ({
  functions,
  operations: 10,
  operation_ns: 1e6,
  collector_share: 0,
  foreign_share: 0,
  sizes: null,
});
const workload = (
  functions: ProfiledFunction[],
  larger: ProfiledFunction[] | null = null,
  over: Partial<ProfiledWorkload> = {},
): ProfiledWorkload => ({
  id: 'w',
  name: 'w',
  weight: 1,
  profile: profile(functions),
  larger: larger === null ? null : profile(larger),
  ...over,
});
const rank = (workloads: ProfiledWorkload[], over: Partial<Parameters<typeof rankHotspots>[0]> = {}) =>
  rankHotspots({ workloads, target_pct: 5, ignore: [], reached: null, ...over });

test('a function that does the work ranks above the one that only calls it', () => {
  const outer = fn('outer', { self_share: 0.02, addressable_share: 0.02, inclusive_share: 1 });
  const inner = fn('inner', { self_share: 0.9, addressable_share: 0.95, inclusive_share: 0.96, calls_per_op: 4000 });
  const [first, second] = rank([workload([outer, inner])]);
  assert.deepEqual([first?.symbol, second?.symbol], ['inner', 'outer']);
  assert.deepEqual(first?.reasons.slice(0, 3), [
    '96 % of the samples inclusive, 90 % its own, in w',
    'cannot give more than 25.00x',
    '4,000 calls per operation',
  ]);
});

test('what cannot reach the target is left out, and at most 50 stay', () => {
  assert.deepEqual(rank([workload([fn('small', { inclusive_share: 0.029 })])]), []);
  assert.equal(rank([workload([fn('small', { inclusive_share: 0.031 })])]).length, 1);
  const many = Array.from({ length: 80 }, (_, i) => fn('f'.repeat(i + 1)));
  assert.equal(rank([workload(many)]).length, 50);
});

test('growth and missing tests move a function up and down, and the reasons say so', () => {
  const [a, b] = [fn('steady'), fn('steep!')];
  const grown = rank([workload([a, b], [fn('steady', { inclusive_ns_per_op: 2000 }), fn('steep!', { inclusive_ns_per_op: 3900 })])]);
  assert.equal(grown[0]?.symbol, 'steep!');
  assert.ok(grown[0]?.reasons.includes('grows 3.9x for 2x size'));
  const tested = rank([workload([a, b])], { reached: (f) => (f.symbol === 'steady' ? 3 : 0) });
  assert.deepEqual(
    tested.map((h) => h.reached_by_tests),
    [true, false],
  );
  assert.ok(tested[1]?.reasons.includes('not reached by tests'));
});

test('each function is kept with the workload in which it is hottest', () => {
  const cold = workload([fn('f', { addressable_share: 0.1 })], null, { id: 'cold' });
  const hot = workload([fn('f', { addressable_share: 0.8 })], null, { id: 'hot' });
  const spots = rank([cold, hot]);
  assert.equal(spots.length, 1);
  assert.equal(spots[0]?.workload_id, 'hot');
});

test('tests, benchmarks and what the configuration ignores are no product code', () => {
  for (const file of ['test/a.js', 'src/__tests__/a.ts', 'src/a.test.ts', 'bench/b.js', 'examples/x.js', 'lib/a.bench.mjs'])
    assert.equal(isProduct(file, []), false, file);
  assert.equal(isProduct('src/testing.ts', []), true);
  assert.equal(isProduct('vendor/x.js', ['vendor']), false);
  assert.equal(isProduct('src/gen/x.js', ['src/gen/**']), false);
});

test('finds benchmark files by script, name and folder', () => {
  const paths = [
    'index.js',
    'bench/a.js',
    'bench/data.json',
    'src/sort.bench.ts',
    'benchmark.js',
    'types.d.ts',
    'tools/run-it.js',
    'packages/x/bench/y.js',
  ];
  const scripts = { bench: "node 'tools/run-it.js' --fast", test: 'node index.js' };
  assert.deepEqual(benchmarkFiles(paths, '', scripts), [
    'tools/run-it.js',
    'src/sort.bench.ts',
    'benchmark.js',
    'bench/a.js',
    'packages/x/bench/y.js',
  ]);
  assert.deepEqual(benchmarkFiles(paths, 'packages/x', {}), ['packages/x/bench/y.js']);
  assert.deepEqual(scriptFiles({ 'bench:all': 'tsx bench/x.ts && node -r ./hook.js bench/z.mjs' }, 'p'), [
    'p/bench/x.ts',
    'p/hook.js',
    'p/bench/z.mjs',
  ]);
});

test('tells the kinds of benchmark files apart', () => {
  assert.equal(benchmarkKind("import { Bench } from 'tinybench';"), 'suite');
  assert.equal(benchmarkKind('const Benchmark = require("benchmark")'), 'suite');
  assert.equal(benchmarkKind("import { bench } from 'vitest'"), 'suite');
  assert.equal(benchmarkKind('export default (lib) => { const fn = lib.f; return { fn, check: fn }; }'), 'workload');
  assert.equal(benchmarkKind('for (let i = 0; i < 1e6; i++) run();'), 'script');
});

test('the time budget is spent by steps', () => {
  let now = 100;
  const budget = new TimeBudget(1000, () => now);
  assert.equal(budget.left_ms(), 1000);
  now = 500;
  assert.equal(budget.left_ms(0.4), 0);
  assert.equal(budget.allows(600), true);
  assert.equal(budget.allows(601), false);
});

test('a workload is read from the repository and not from where a link in it leads', async (t) => {
  const scratch = await mkdtemp(join(tmpdir(), 'workload-'));
  t.after(() => rm(scratch, { recursive: true, force: true }));
  await mkdir(join(scratch, 'repository'));
  await writeFile(join(scratch, 'secret.js'), 'a secret of the user');
  await writeFile(join(scratch, 'repository', 'bench.js'), 'export default 1;');
  await symlink('../secret.js', join(scratch, 'repository', 'out.js'));
  await symlink('bench.js', join(scratch, 'repository', 'in.js'));
  const read = (path: string): Promise<string> => readSource(join(scratch, 'repository'), path);
  assert.equal(await read('bench.js'), 'export default 1;');
  assert.equal(await read('in.js'), 'export default 1;');
  for (const path of ['out.js', '../secret.js', 'gone.js']) await assert.rejects(read(path), { code: 'bad_input' }, path);
});
