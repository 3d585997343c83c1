import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { type HotspotsPayload, HotspotsPayload as Payload, HotspotsResult } from '@codeoptima/contracts';
import { REPO_TARGET, run } from '@codeoptima/sandbox';
import type { BuildTree } from './captured-workloads.ts';
import type { RunTests } from './test-evidence.ts';
import { findHotspots } from './hotspots.ts';

const folders: string[] = [];
after(() => {
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});

const LIBRARY = {
  'package.json': '{"name":"lib","version":"1.0.0","type":"module","exports":"./src/index.js","scripts":{"test":"node --test"}}',
  'src/index.js': `import { slowUnique } from './slow.js';
export function report(list) { return slowUnique(list).map(label).join(); }
function label(x) { return 'x' + x; }
export function unused() { return 1; }
`,
  'src/slow.js': 'export function slowUnique(list) {\n  return list.filter((x, i) => list.indexOf(x) === i);\n}\n',
  'test/index.test.js':
    "import { test } from 'node:test';\nimport { report } from '../src/index.js';\ntest('reports', () => { if (report([1, 1]) !== 'x1') throw new Error('wrong'); for (let i = 0; i < 300; i++) report(Array.from({ length: 300 }, (_, k) => k)); });\n",
};

function tree(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'codeoptima-hot-'));
  folders.push(dir);
  for (const [path, text] of Object.entries({ ...LIBRARY, ...files })) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

const nodeTests: RunTests = async (dir, env, signal, extra_mounts = []) => {
  await run({
    argv: ['node', '--test'],
    cwd: REPO_TARGET,
    mounts: [{ source: dir, target: REPO_TARGET, mode: 'rw' }, ...extra_mounts],
    env,
    signal,
  });
};

const payload = (config: object = {}): HotspotsPayload =>
  Payload.parse({
    run_id: 'r',
    config,
    baseline: {
      outcome: 'ready',
      reason: '',
      base_commit: '0'.repeat(40),
      base_branch: null,
      notes: [],
      prepared: null,
      tests: null,
      log: null,
      toolchain: {
        language: 'node',
        package_manager: { name: 'npm', version: null },
        runtime_version: 'v24',
        package_dir: '',
        package_name: 'lib',
        module_format: 'esm',
        typescript: false,
        build_script: null,
        typecheck_command: null,
        framework: 'node-test',
        test_command: 'node --test',
      },
    },
  });

async function find(
  files: Record<string, string>,
  config: object = {},
  build: BuildTree | null = null,
): Promise<HotspotsResult & { texts: string[] }> {
  const dir = tree(files);
  const workdir = mkdtempSync(join(tmpdir(), 'codeoptima-hotwork-'));
  folders.push(workdir);
  const texts: string[] = [];
  const result = await findHotspots({
    payload: payload(config),
    dir,
    workdir,
    run_tests: nodeTests,
    build,
    put: (text) => Promise.resolve(`sha256:${String(texts.push(text)).padStart(64, '0')}`),
    progress: () => undefined,
    now_ms: () => performance.now(),
    cpu: null,
    signal: new AbortController().signal,
  });
  return { ...HotspotsResult.parse(result), texts };
}

const assertSlowFirst = (result: HotspotsResult): void => {
  const [first] = result.hotspots;
  assert.deepEqual(
    [first?.file, first?.symbol, first?.start_line, first?.end_line],
    ['src/slow.js', 'slowUnique', 1, 3],
    JSON.stringify(result.hotspots),
  );
};

test('a workload of the user: hot function first, with its reasons, reached by tests and growing', async () => {
  const text = `import { size as usual } from './sizes.js';
export const sizes = [usual];
export default (lib, { size = usual } = {}) => { const list = Array.from({ length: size }, (_, i) => 'k' + i); return { fn: () => lib.report(list), check: () => lib.report(list) }; };`;
  const result = await find(
    { 'perf/w.js': text, 'perf/sizes.js': 'export const size = 400;' },
    { workload: [{ file: 'perf/w.js', name: 'report' }] },
  );
  assertSlowFirst(result);
  const [first] = result.hotspots;
  assert.equal(first?.reached_by_tests, true);
  assert.equal(first?.calls, 1);
  assert.ok((first?.growth ?? 0) > 2, String(first?.growth));
  assert.ok(first?.reasons.some((r) => /^grows \d/.test(r)) && first.reasons.includes('called by report'), String(first?.reasons));
  assert.deepEqual(
    result.workloads.filter((w) => w.source !== 'captured').map((w) => [w.source, w.path, w.name]),
    [['user', 'perf/w.js', 'report']],
  );
});

test('a workload that does not run is named in one sentence', async () => {
  const broken = { 'w.js': 'export default () => { throw new Error("no fixture"); };' };
  await assert.rejects(find(broken, { workload: [{ file: 'w.js' }] }), {
    code: 'bad_input',
    message: /workload w does not run: .*no fixture/,
  });
  await assert.rejects(find({}, { workload: [{ file: 'missing.js' }] }), { code: 'bad_input', message: /missing\.js cannot be read/ });
});

const BENCH_BODY = 'const list = Array.from({ length: 300 }, (_, i) => i);';
const SUITES: Record<string, string> = {
  'bench/tiny.js': `import { Bench } from 'tinybench';\nimport { report } from '../src/index.js';\n${BENCH_BODY}\nconst bench = new Bench({ time: 100 });\nbench.add('report', () => report(list)).todo?.('later');\nawait bench.run();\nconsole.table(bench.table());\nfor (const task of bench.tasks) console.log(task.result.latency.mean.toFixed(2));\n`,
  'benchmark/classic.cjs': `const Benchmark = require('benchmark');\nconst lib = import('../src/index.js');\n${BENCH_BODY}\nnew Benchmark.Suite('s').add('report', { defer: true, fn: async (d) => { (await lib).report(list); d.resolve(); } }).on('cycle', (e) => console.log(String(e.target))).on('complete', function () { console.log(this.filter('fastest').map('name')); }).run({ async: true });\n`,
  'bench/mit.mjs': `import { bench, group, run, summary, do_not_optimize } from 'mitata';\nimport { report } from '../src/index.js';\n${BENCH_BODY}\nsummary(() => { group('g', () => { bench('report', () => do_not_optimize(report(list))).gc('inner'); bench('sized $n', function* (state) { const n = state.get('n'); yield () => report(list.slice(0, n)); }).args('n', [10, 200, 300]); }); });\nawait run();\n`,
  'src/v.bench.ts': `import { bench, describe, beforeAll } from 'vitest';\nimport { report } from './index.js';\nlet list: number[] = [];\ndescribe('reports', () => { beforeAll(() => { list = Array.from({ length: 300 }, (_, i) => i); }); bench('report', () => { report(list); }, { time: 10 }); bench.skip('not', () => { throw new Error(); }); });\n`,
  'bench/script.js': `import { report } from '../src/index.js';\n${BENCH_BODY}\nconst t = Date.now();\nfor (let i = 0; i < 200; i++) report(list);\nconsole.log(Date.now() - t);\n`,
};

for (const [file, text] of Object.entries(SUITES)) {
  test(`the repository's benchmark ${file} becomes a workload`, { timeout: 120_000 }, async () => {
    const result = await find({ [file]: text });
    assert.ok(result.workloads.length >= 1, result.notes.join(' '));
    assert.ok(
      result.workloads.every((w) => w.source === 'captured' || w.name.startsWith(file)) && result.workloads[0]?.source === 'repository',
    );
    assertSlowFirst(result);
  });
}

test('without users and benchmarks the calls of the tests become workloads', { timeout: 120_000 }, async () => {
  const result = await find({});
  assert.ok(result.workloads.length > 0, result.notes.join(' '));
  assert.ok(result.workloads.every((w) => w.source === 'captured' && w.path === null));
  assert.ok(
    result.hotspots.some((h) => h.symbol === 'slowUnique'),
    JSON.stringify(result.hotspots),
  );
});

test('tests that import built files show calls of the sources they are built from', { timeout: 120_000 }, async () => {
  const built = Object.fromEntries(
    Object.entries(LIBRARY).flatMap(([path, text]) => {
      if (path.startsWith('src/')) return [[path.replace('src/', 'dist/'), text]];
      return path.startsWith('test/') ? [[path, text.replace('../src/', '../dist/')]] : [];
    }),
  );
  const build: BuildTree = (dir) => {
    cpSync(join(dir, 'src'), join(dir, 'dist'), { recursive: true });
    return Promise.resolve(null);
  };
  const result = await find(built, {}, build);
  assert.ok(
    result.workloads.some((w) => w.source === 'captured'),
    result.notes.join(' '),
  );
  assertSlowFirst(result);
});

test('without any workload the tests are profiled and the notes say so', { timeout: 120_000 }, async () => {
  // Everything happens while the module loads: there is no call that could be repeated.
  const script = `function slowUnique(list) {
  return list.filter((x, i) => list.indexOf(x) === i);
}
for (let i = 0; i < 300; i++) slowUnique(Array.from({ length: 300 }, (_, k) => k));
`;
  const files = {
    'src/slow.js': script,
    'src/index.js': "import './slow.js';\n",
    'test/index.test.js': "import { test } from 'node:test';\ntest('runs', async () => { await import('../src/index.js'); });\n",
  };
  const result = await find(files);
  assert.deepEqual(result.workloads, []);
  assert.match(result.notes.join(' '), /no workload/);
  assertSlowFirst(result);
});
