import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { resolveEntry } from './entry.ts';
import { DEFAULT_SETTINGS, type Sample, type SampleOutcome } from './sample.ts';
import { ProcessSampler } from './sampler.ts';
import type { MeasuredWorkload } from './workload.ts';

const folders: string[] = [];
after(async () => {
  for (const dir of folders) await rm(dir, { recursive: true, force: true });
});

async function tree(files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'codeoptima-tree-'));
  folders.push(dir);
  for (const [path, text] of Object.entries({ 'package.json': '{"name":"lib","type":"module","exports":"./index.js"}', ...files })) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return dir;
}

const WORKLOAD = 'export default (lib) => { const f = () => lib.work(200); return { fn: f, check: f }; };';
const workload = (text: string, over: Partial<MeasuredWorkload> = {}): MeasuredWorkload => ({
  id: 'w',
  name: 'w',
  source: 'user',
  text,
  path: null,
  entry: null,
  ...over,
});

const QUICK = { ...DEFAULT_SETTINGS, warmup_ms: 20, settle_ms: 0, batches: 3, batch_cpu_ms: 2, timeout_ms: 60_000 };

async function take(
  files: Record<string, string>,
  over: Partial<MeasuredWorkload> = {},
  text = WORKLOAD,
  settings = QUICK,
): Promise<SampleOutcome> {
  const dir = await tree(files);
  const used = workload(text, over);
  await using sampler = await ProcessSampler.create({ workload: used, entry: resolveEntry(dir, '', used.entry), cpu: null });
  return await sampler.take(dir, settings);
}

async function sample(...args: Parameters<typeof take>): Promise<Sample> {
  const outcome = await take(...args);
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.message);
  return outcome.sample;
}

const LIB = 'export const work = (n) => { let s = 0; for (let i = 0; i < n; i++) s += i; return s; };';

test('measures a library and repeats the hash of its check value', async () => {
  const [one, two] = [await sample({ 'index.js': LIB }), await sample({ 'index.js': LIB })];
  assert.equal(one.cpu_ns.length, 3);
  assert.ok(one.cpu_ns.every((t) => t > 0) && one.wall_ns.every((t) => t > 0));
  assert.equal(one.check_cold, two.check_cold);
  assert.equal(one.check_cold, one.check_warm);
  assert.ok(one.peak_rss_bytes > 1e7 && one.load_cpu_ns > 0);
  assert.deepEqual(one.patched, { critical: [], others: [] });
});

test('an operation that is longer than the warm-up runs once before the batches, and not again for a check that is itself', async () => {
  const counting = `export default (lib) => { let runs = 0; const f = () => { lib.work(2e7); return ++runs; }; return { fn: f, check: f }; };`;
  const { cpu_ns, check_preview } = await sample({ 'index.js': LIB }, {}, counting, { ...QUICK, warmup_ms: 1, batches: 2, iterations: 1 });
  assert.equal(cpu_ns.length, 2);
  assert.equal(check_preview, 'd3;');
});

test('a warm-up that may settle goes on while the operation gets faster', async () => {
  const warming = `export default (lib) => { let runs = 0; return { fn: () => lib.work(runs++ < 9 ? (10 - runs) * 2e7 : 1e6), check: () => runs }; };`;
  const settings = { ...QUICK, warmup_ms: 1, batches: 1, iterations: 1 };
  const [cut, settled] = await Promise.all(
    [0, 20_000].map((settle_ms) => sample({ 'index.js': LIB }, {}, warming, { ...settings, settle_ms })),
  );
  assert.equal(cut?.check_preview, 'd2;');
  assert.ok((settled?.settled_cpu_ns ?? 0) > (cut?.settled_cpu_ns ?? 0));
  assert.ok(Number(/^d(\d+);/.exec(settled?.check_preview ?? '')?.[1]) > 10, settled?.check_preview);
});

test('compiled code survives what is done between batches', async () => {
  const dir = await tree({ 'index.js': "export { parse } from './yaml/index.js';", 'yaml/package.json': '{"type":"commonjs"}' });
  await cp(join(import.meta.dirname, '../../../../node_modules/yaml/dist'), join(dir, 'yaml'), { recursive: true });
  const used = workload(`export default ({ parse }) => {
    const text = Array.from({ length: 60 }, (_, i) => \`- { id: \${i}, tags: [a, b, 'c d'], text: "line" }\\n\`).join('');
    const spent = [];
    const fn = () => { const began = process.cpuUsage(); parse(text); const { user, system } = process.cpuUsage(began); spent.push(user + system); };
    const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
    return { fn, check: () => (spent.length < 40 ? 0 : middle(spent.slice(-9)) / middle(spent.slice(-40, -20))) };
  };`);
  await using sampler = await ProcessSampler.create({ workload: used, entry: resolveEntry(dir, '', null), cpu: null });
  const outcome = await sampler.take(dir, {
    ...QUICK,
    flags: ['--predictable', '--no-maglev'],
    warmup_ms: 1500,
    batches: 9,
    iterations: 1,
  });
  assert.ok(outcome.ok);
  const ratio = Number(/^d([\d.]+);/.exec(outcome.sample.check_preview)?.[1]);
  assert.ok(ratio > 0 && ratio < 3, outcome.sample.check_preview);
});

test('an operation with a hundred times the work takes several times as long', async () => {
  const times = await Promise.all(
    [1000, 100_000].map(async (n) => Math.min(...(await sample({ 'index.js': LIB }, {}, WORKLOAD.replace('200', String(n)))).cpu_ns)),
  );
  assert.ok((times[1] as number) > 3 * (times[0] as number), String(times));
});

test('awaits promises and pays for work that was left due', async () => {
  const late =
    'export const work = () => { setImmediate(() => { let s = 0; for (let i = 0; i < 3e5; i++) s += i % 7; return s; }); return 1; };';
  const asynchronous = 'export const work = async (n) => { await null; return n; };';
  const settings = { ...QUICK, iterations: 4 };
  const slow = await sample({ 'index.js': late }, {}, WORKLOAD, settings);
  const quick = await sample({ 'index.js': asynchronous }, {}, WORKLOAD, settings);
  assert.ok(Math.min(...slow.wall_ns) > 2 * Math.min(...quick.wall_ns));
});

test('counts bytes allocated per operation', async () => {
  const lib = 'export const work = () => new Array(5000).fill(0).map((_, i) => i + 0.5);';
  const one = await sample({ 'index.js': lib }, {}, WORKLOAD, { ...QUICK, memory: true });
  assert.ok(one.allocated_bytes_per_op !== null && one.allocated_bytes_per_op > 40_000, String(one.allocated_bytes_per_op));
});

test('runs CommonJS, TypeScript sources with enums, and workloads that live in the repository', async () => {
  await sample({ 'package.json': '{"name":"c","main":"lib.js"}', 'lib.js': 'exports.work = (n) => n * 2;' });
  const ts = {
    'package.json': '{"name":"t","type":"module","exports":"./dist/index.js"}',
    'src/index.ts': "import { twice } from './twice.js'; enum E { A = 1 }\nexport const work = (n: number): number => twice(n) + E.A;",
    'src/twice.ts': 'export const twice = (n: number): number => n * 2;',
  };
  assert.match((await sample(ts)).check_preview, /401/);
  const inRepo = "import data from './data.js';\nexport default (lib) => ({ fn: () => lib.work(data), check: data });";
  const files = { 'index.js': LIB, 'bench/data.js': 'export default 77;', 'bench/w.js': 'throw new Error("not this text")' };
  assert.match((await sample(files, { path: 'bench/w.js' }, inRepo)).check_preview, /77/);
});

test('bare imports of a workload from outside mean the packages of the repository', async () => {
  const files = {
    'index.js': LIB,
    'node_modules/dep/package.json': '{"name":"dep","main":"d.js"}',
    'node_modules/dep/d.js': 'module.exports = 55;',
  };
  const text = "import dep from 'dep';\nexport default (lib) => ({ fn: () => lib.work(dep), check: dep });";
  assert.match((await sample(files, {}, text)).check_preview, /55/);
});

test('names what went wrong in one sentence', async () => {
  const messages = await Promise.all([
    take({ 'index.js': LIB }, {}, 'export default 5;'),
    take({ 'index.js': LIB }, {}, 'export default () => ({});'),
    take({ 'index.js': 'throw new Error("boom");' }),
    take({ 'index.js': LIB }, {}, 'export default () => { process.exit(3); };'),
  ]);
  const texts = messages.map((m) => (m.ok ? 'ok' : `${m.kind}: ${m.message}`));
  assert.match(texts[0] ?? '', /workload_failed: .*default export/);
  assert.match(texts[1] ?? '', /workload_failed: .*fn/);
  assert.match(texts[2] ?? '', /workload_failed: the library could not be loaded: Error: boom/);
  assert.match(texts[3] ?? '', /crashed: .*exit code 3/);
});

test('an operation that never ends is cut off', async () => {
  const outcome = await take({ 'index.js': 'export const work = () => { for (;;); };' }, {}, WORKLOAD, { ...QUICK, timeout_ms: 1500 });
  assert.equal(outcome.ok, false);
  assert.equal(!outcome.ok && outcome.kind, 'timed_out');
});

test('the measured code cannot forge, patch or see the measurement', async () => {
  const hostile = (body: string) => ({ 'index.js': `import fs from 'node:fs';\nexport const work = (n) => { ${body}; return n; };` });
  const kindOf = async (files: Record<string, string>) => {
    const outcome = await take(files);
    return outcome.ok ? 'ok' : outcome.kind;
  };
  assert.equal(await kindOf(hostile('process.hrtime.bigint = () => 0n')), 'tampered');
  assert.equal(await kindOf(hostile('performance.now = () => 0')), 'tampered');
  assert.equal(await kindOf(hostile('JSON.stringify = () => "{}"')), 'tampered');
  assert.equal(await kindOf(hostile("try { fs.writeFileSync('/answer/sample', 'x'.repeat(1e5)) } catch {}")), 'tampered');
  assert.equal(
    await kindOf(hostile("try { fs.rmSync('/answer/sample', { force: true }); fs.writeFileSync('/answer/sample', 'x\\n{}') } catch {}")),
    'tampered',
  );
  const printing = await sample(hostile('console.log(\'{"ok":true,"sample":{"cpu_ns":[0]}}\')'), {}, WORKLOAD, {
    ...QUICK,
    iterations: 10,
  });
  assert.ok(printing.cpu_ns.every((t) => t > 0));
  const array = await sample(hostile('Array.prototype.flatMap = () => []'));
  assert.deepEqual(array.patched.others, ['Array.prototype.flatMap']);
  const curious = await sample({
    'index.js':
      'export const work = () => [process.argv.length, process.execArgv, typeof gc, Object.keys(process.env).filter((k) => /sample|optima|iter/i.test(k))];',
  });
  assert.match(curious.check_preview, /A4<Array>\{ks1:0=d1;ks1:1=A0<Array>\{\}ks1:2=s9:undefined;ks1:3=A0/);
});
