import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { RunConfig, type WorkloadConfig } from '@codeoptima/config';
import { Harness } from '../test-support/harness.ts';
import { canonicalJson, configFor, flagValues, idempotencyKey, placeWorkloads } from './request.ts';

let harness: Harness;
before(() => void (harness = new Harness()));
after(() => harness.close());

const found = { repository: '/r', commit: 'c', config_text: 'target_pct = 8', config_file: 'codeoptima.toml', package_dir: '' };
const flags = (texts: Record<string, unknown>) => flagValues(texts, harness.dir);

test('flags become values: numbers, times, switches, files', async () => {
  writeFileSync(join(harness.dir, 'w.mjs'), 'export default () => ({ fn() {}, check: 1 });');
  const config = configFor(
    found,
    await flags({ target: '12', timeLimit: '2h', unsafeNoSandbox: true, workload: ['w.mjs'], maxIterations: '3' }),
  );
  assert.deepEqual(
    [config.target_pct, config.limits.wall_clock_minutes, config.limits.max_iterations, config.unsafe_no_sandbox],
    [12, 120, 3, true],
  );
  assert.deepEqual(
    config.workload.map(({ file, name }) => [file, name]),
    [[join(harness.dir, 'w.mjs'), 'w']],
  );
  assert.match(config.workload[0]?.text ?? '', /export default/);
});

test('--entry names the module for the workloads given with it', async () => {
  writeFileSync(join(harness.dir, 'w.mjs'), 'export default () => ({ fn() {}, check: 1 });');
  const config = configFor(found, await flags({ workload: ['w.mjs'], entry: 'src/part.js' }));
  assert.equal(config.workload[0]?.entry, 'src/part.js');
  await assert.rejects(flags({ entry: 'src/part.js' }), /--entry names the module for --workload/);
});

test('times', async () => {
  for (const [text, minutes] of [
    ['90', 90],
    ['90m', 90],
    ['1.5h', 90],
    ['5400s', 90],
  ] as const) {
    assert.equal((await flags({ timeLimit: text }))[0]?.value, minutes);
  }
});

test('a flag that cannot be read names itself', async () => {
  await assert.rejects(flags({ target: 'fast' }), /^CodeOptimaError: --target must be a number, found "fast"\.$/);
  await assert.rejects(flags({ timeLimit: 'soon' }), /--time-limit must be a time such as 90, 90m or 2h/);
  await assert.rejects(flags({ workload: ['none.mjs'] }), /--workload none\.mjs cannot be read \(ENOENT\)/);
});

test('the folder below the root is the package, unless --package says another', async () => {
  const below = { ...found, package_dir: 'packages/a' };
  assert.equal(configFor(below, []).package, 'packages/a');
  assert.equal(configFor(below, await flags({ package: 'b' })).package, 'b');
});

test('every problem of the file is told', () => {
  assert.throws(
    () => configFor({ ...found, config_text: 'target = 1\nbaseline = 3' }, []),
    (error: Error) => error.message.split('\n').length === 2,
  );
});

test('the key depends on the request and on the newest ended run alone', () => {
  const request = { repository: '/r', ref: 'c', config: RunConfig.parse({}) };
  const key = idempotencyKey(request, '');
  assert.equal(idempotencyKey(structuredClone(request), ''), key);
  assert.notEqual(idempotencyKey(request, 'run-1'), key);
  assert.notEqual(idempotencyKey({ ...request, ref: 'd' }, ''), key);
  assert.equal(canonicalJson({ b: 1, a: [{ d: 1, c: 2 }] }), '{"a":[{"c":2,"d":1}],"b":1}');
});

test('what is neither a file nor called like one is a command', async () => {
  const values = await flags({ workload: ['node cli.js parse big.json', 'make bench', './run.sh'] });
  assert.deepEqual(
    ((values[0]?.value ?? []) as WorkloadConfig[]).map(({ command }) => command),
    ['node cli.js parse big.json', 'make bench', './run.sh'],
  );
  await assert.rejects(flags({ workload: ['bench/none.ts'] }), /cannot be read/);
  await assert.rejects(flags({ workload: ['  '] }), /--workload is empty/);
});

test('a committed workload is named by its place, one with changes is sent along', async () => {
  const text = 'export default () => ({ fn() {}, check: 1 });';
  const root = harness.repository('placed', { 'package.json': '{}', 'bench/w.mjs': text });
  const there = { ...found, repository: root, commit: harness.git(root, 'rev-parse', 'HEAD') };
  const values = await flagValues({ workload: ['placed/bench/w.mjs'] }, harness.dir);
  const [placed] = configFor(there, await placeWorkloads(values, there)).workload;
  assert.deepEqual([placed?.file, placed?.text], ['bench/w.mjs', undefined]);
  writeFileSync(join(root, 'bench/w.mjs'), `${text} // changed`);
  const changed = await flagValues({ workload: ['placed/bench/w.mjs'] }, harness.dir);
  const [sent] = configFor(there, await placeWorkloads(changed, there)).workload;
  assert.deepEqual([sent?.file, sent?.text], [join(root, 'bench/w.mjs'), `${text} // changed`]);
});
