import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { BaselineResult, CodeOptimaError } from '@codeoptima/contracts';
import { unpackTree } from '@codeoptima/toolchains';
import { BuilderBench, SOUND } from './test-support/bench.ts';

let bench: BuilderBench;
beforeEach(() => void (bench = new BuilderBench()));
afterEach(() => bench.close());

const manifest = (more: object): string => JSON.stringify({ name: 'x', type: 'module', ...more });
const code = (name: string) => (error: unknown) =>
  error instanceof CodeOptimaError && error.code === name && /^[A-Z/].*\.$/s.test(error.message);
const failed = (result: BaselineResult, reason: RegExp): void => {
  assert.equal(result.outcome, 'failed', result.reason);
  assert.match(result.reason, reason);
  assert.deepEqual(readdirSync(join(bench.data_dir, 'work')), []);
};

test('a sound repository: gate, outcomes, log and prepared tree are kept, and nothing else has changed', async () => {
  bench.commit(SOUND);
  const before = bench.state();
  const result = BaselineResult.parse(await bench.run());
  assert.equal(result.outcome, 'ready', result.reason);
  assert.equal(result.base_branch, 'main');
  assert.deepEqual(JSON.parse(await bench.read(result.tests?.gate)), ['sum.test.js > adds']);
  assert.equal((await bench.outcomes(result)).length, 2);
  assert.deepEqual(result.notes, []);
  assert.deepEqual(bench.state(), before);
  assert.ok(bench.said.includes('cloning') && bench.said.includes('tests run 2 of 2'), bench.said.join());
  const file = join(bench.folder, 'prepared.tar.zst');
  writeFileSync(
    file,
    await (await import('@codeoptima/artifacts'))
      .openDirectoryStore(join(bench.data_dir, 'objects'))
      .then(async (store) => await store.get(result.prepared ?? '')),
  );
  await unpackTree(file, join(bench.folder, 'again'));
  assert.equal(readFileSync(join(bench.folder, 'again/sum.js'), 'utf8'), SOUND['sum.js']);
});

test('no git repository, an empty one, an unknown ref', async () => {
  bench.write(SOUND);
  await assert.rejects(bench.run(), code('bad_input'));
  bench.git('init', '--quiet');
  await assert.rejects(bench.run(), code('bad_input'));
  bench.commit();
  await assert.rejects(bench.run({ ref: 'no-such-branch' }), code('bad_input'));
});

test('no package.json', async () => {
  failed(await bench.commit({ 'README.md': 'x' }).run(), /has no package\.json/);
});

test('a broken package.json', async () => {
  failed(await bench.commit({ 'package.json': '{"name": ' }).run(), /package\.json cannot be read: .+ Correct it/);
  failed(await bench.commit({ 'package.json': '[]' }).run(), /it is not a JSON object/);
});

test('no tests', async () => {
  failed(await bench.commit({ 'package.json': manifest({}) }).run(), /has no test script/);
  failed(
    await bench.commit({ 'package.json': manifest({ scripts: { test: 'echo "Error: no test specified" && exit 1' } }) }).run(),
    /has no test script/,
  );
  failed(await bench.commit({ 'package.json': manifest({ scripts: { test: 'node --test nothing.test.js' } }) }).run(), /No test/);
});

test('a workspace without a choice, and an unknown choice', async () => {
  const part = (name: string): string => JSON.stringify({ name, scripts: { test: 'node --test' } });
  bench.commit({
    'package.json': manifest({ workspaces: ['packages/*'] }),
    'packages/a/package.json': part('@x/a'),
    'packages/b/package.json': part('@x/b'),
  });
  failed(await bench.run(), /choose a package with --package: @x\/a, @x\/b/);
  failed(await bench.run({ config: { package: 'c' } }), /no package 'c'.*@x\/a, @x\/b/);
});

test('an installation that fails', async () => {
  const result = await bench
    .commit({
      ...SOUND,
      'package.json': manifest({ scripts: { test: 'node --test' }, dependencies: { 'left-pad': 'file:./missing.tgz' } }),
    })
    .run();
  failed(result, /npm could not install the dependencies: .*(ENOENT|missing)/);
  assert.match(await bench.read(result.log), /npm/);
});

test('a build that fails is told, and the tests decide; strict ends there', async () => {
  bench.commit({ ...SOUND, 'package.json': manifest({ scripts: { test: 'node --test', build: 'echo "error: bad type" >&2; exit 2' } }) });
  const result = await bench.run();
  assert.equal(result.outcome, 'ready');
  assert.match(result.notes.join(), /build \(npm run build\) failed \(.*bad type/);
  failed(await bench.run({ config: { baseline: 'strict' } }), /build \(npm run build\) failed: .*bad type/);
});

test('a test that hangs is ended at the limit and named', async () => {
  bench.commit({
    ...SOUND,
    'hang.test.js': `import { test } from 'node:test';\ntest('waits for ever', async () => { for (;;) await new Promise((r) => setTimeout(r, 50)); });\n`,
  });
  failed(await bench.run({ test_minutes: 0.1 }), /did not end within.*waits for ever/);
});

test('a test that fails now and then is found and taken out of the gate', async () => {
  const flaky = `import { test } from 'node:test';\nimport assert from 'node:assert';\ntest('unsteady', () => assert.ok(Math.random() < 0.5));\ntest('broken', () => assert.ok(false));\n`;
  const result = await bench.commit({ ...SOUND, 'flaky.test.js': flaky }).run();
  assert.equal(result.outcome, 'ready');
  assert.deepEqual(JSON.parse(await bench.read(result.tests?.gate)).includes('sum.test.js > adds'), true);
  assert.deepEqual(result.tests?.failing.includes('flaky.test.js > broken'), true);
  const statuses = (await bench.outcomes(result)).map((run) => run.find(({ id }) => id === 'flaky.test.js > unsteady')?.status);
  // Two equal runs are possible; differing ones must have led to more runs and to the name.
  if (new Set(statuses).size > 1) {
    assert.equal(result.tests?.runs, 6);
    assert.deepEqual(result.tests?.flaky, ['flaky.test.js > unsteady']);
  } else assert.equal(result.tests?.runs, 2);
});

test('tests that write into the tree do not see each other, nor reach the prepared tree', async () => {
  const writer = `import { test } from 'node:test';\nimport assert from 'node:assert';\nimport fs from 'node:fs';\ntest('first time', () => { assert.ok(!fs.existsSync('trace')); fs.writeFileSync('trace', 'x'); fs.writeFileSync('sum.js', 'broken'); });\n`;
  const before = bench.commit({ ...SOUND, 'write.test.js': writer }).state();
  const result = await bench.run();
  assert.deepEqual(result.tests?.failing, []);
  assert.deepEqual(result.tests?.flaky, []);
  assert.deepEqual(bench.state(), before);
});

test('a dirty tree is left alone and told, the run works on the commit', async () => {
  bench.commit(SOUND).write({ 'sum.js': 'not even JavaScript', 'new file.js': 'x' });
  bench.git('stash', 'list');
  const before = bench.state();
  const result = await bench.run();
  assert.equal(result.outcome, 'ready');
  assert.match(result.notes.join(), /uncommitted changes \(.*sum\.js.*left alone/);
  assert.deepEqual(bench.state(), before);
});

test('a detached HEAD, an older commit and a branch', async () => {
  bench.commit(SOUND);
  const first = bench.git('rev-parse', 'HEAD');
  bench.commit({ more: 'x' });
  assert.equal((await bench.run({ ref: first })).base_branch, null);
  assert.equal((await bench.run({ ref: 'main' })).base_branch, 'main');
  bench.git('checkout', '--quiet', '--detach', first);
  const result = await bench.run();
  assert.deepEqual([result.outcome, result.base_commit, result.base_branch], ['ready', first, null]);
  assert.match(result.notes.join(), /HEAD is detached/);
});

test('a shallow clone', async () => {
  bench.commit(SOUND).commit({ more: 'x' });
  const shallow = new BuilderBench();
  rmSync(shallow.repository, { recursive: true });
  execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${bench.repository}`, shallow.repository]);
  const result = await shallow.run();
  shallow.close();
  assert.equal(result.outcome, 'ready', result.reason);
  assert.match(result.notes.join(), /shallow clone/);
});

test('submodules: what is at hand is filled in, the rest is named', async () => {
  const other = new BuilderBench().commit({ 'data.txt': 'from the submodule' });
  bench.commit(SOUND);
  bench.git('submodule', '--quiet', 'add', other.repository, 'sub');
  bench.commit({
    'sub.test.js': `import { test } from 'node:test';\nimport fs from 'node:fs';\ntest('reads', () => { fs.readFileSync('sub/data.txt') });\n`,
  });
  const here = await bench.run();
  assert.deepEqual([here.tests?.failing, here.notes], [[], []]);
  bench.git('submodule', 'deinit', '--force', 'sub');
  rmSync(join(bench.repository, '.git/modules'), { recursive: true });
  const gone = await bench.run();
  other.close();
  assert.match(gone.notes.join(), /stay empty: sub/);
  assert.deepEqual(gone.tests?.failing, ['sub.test.js > reads']);
});

test('a file of 2 GB with holes, and a symbolic link out of the repository', async () => {
  const secret = join(bench.folder, 'secret');
  writeFileSync(secret, 'hunter2');
  const peek = `import { test } from 'node:test';\nimport fs from 'node:fs';\ntest('peeks', () => { console.log(fs.readFileSync('link', 'utf8')); });\n`;
  const make = `import fs from 'node:fs';\nfs.closeSync(fs.openSync('big.bin', 'w'));\nfs.truncateSync('big.bin', 2 ** 31);\n`;
  bench.commit(SOUND);
  symlinkSync(secret, join(bench.repository, 'link'));
  bench.commit({
    'peek.test.js': peek,
    'make.js': make,
    'package.json': manifest({ scripts: { test: 'node --test', build: 'node make.js' } }),
  });
  const result = await bench.run();
  assert.equal(result.outcome, 'ready', result.reason);
  assert.deepEqual(result.tests?.failing, ['peek.test.js > peeks']);
  assert.doesNotMatch(await bench.read(result.log), /hunter2/);
  assert.doesNotMatch(await bench.read(result.tests?.outcomes), /hunter2/);
  const stored = execFileSync('du', ['-sm', join(bench.data_dir, 'objects')], { encoding: 'utf8' });
  assert.ok(Number.parseInt(stored, 10) < 200, stored);
  assert.ok(process.resourceUsage().maxRSS < 1_000_000, 'the file was read into memory');
});

test('an install script that attacks reaches neither the network, the home nor git', async () => {
  const canary = join(bench.folder, 'canary');
  const attack = `
    import fs from 'node:fs'; import net from 'node:net';
    const tell = [];
    for (const path of [${JSON.stringify(canary)}, '/root/pwned', '/etc/pwned', '.git/hooks/post-checkout', '.git/config']) { try { fs.writeFileSync(path, 'x'); tell.push('wrote ' + path) } catch {} }
    try { tell.push(fs.readdirSync(${JSON.stringify(bench.folder)}).join()) } catch {}
    net.connect(443, '192.0.2.1').on('connect', () => tell.push('connected')).on('error', () => { fs.writeFileSync('told.json', JSON.stringify(tell)); process.exit(1) });`;
  const checks = `import { test } from 'node:test';\nimport assert from 'node:assert';\nimport fs from 'node:fs';\ntest('nothing reached', () => assert.equal(fs.readFileSync('told.json', 'utf8'), '[]'));\n`;
  const result = await bench
    .commit({
      ...SOUND,
      'attack.js': attack,
      'told.test.js': checks,
      'package.json': manifest({ scripts: { test: 'node --test', postinstall: 'node attack.js' } }),
    })
    .run();
  assert.equal(result.outcome, 'ready', result.reason);
  assert.deepEqual(result.tests?.failing, []);
  assert.match(result.notes.join(), /script 'postinstall' failed without a network/);
  assert.equal(existsSync(canary), false);
});

test('a full disk ends the attempt in a sentence and leaves nothing behind', () => {
  bench.commit({ ...SOUND, 'package.json': manifest({ scripts: { test: 'node --test', build: 'head -c 30000000 /dev/urandom > big' } }) });
  const data = mkdtempSync(join(tmpdir(), 'small-'));
  const script = 'mount -t tmpfs -o size=12m tmpfs "$1" && exec "$2" "$3" "$4" "$1"';
  const args = [
    '--user',
    '--map-root-user',
    '--mount',
    'sh',
    '-c',
    script,
    'sh',
    data,
    process.execPath,
    join(import.meta.dirname, 'test-support/on-full-disk.ts'),
    bench.folder,
  ];
  const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
  rmSync(data, { recursive: true });
  const seen = JSON.parse(stdout || '{}') as { code?: string; message?: string; left?: string[] };
  assert.equal(seen.code, 'disk_full', stdout + stderr);
  assert.match(seen.message ?? '', /full/);
  assert.deepEqual(seen.left, []);
});

test('a cancelled run ends at once and says so', async () => {
  bench.commit({
    ...SOUND,
    'slow.test.js': `import { test } from 'node:test';\ntest('slow', async () => { await new Promise((r) => setTimeout(r, 60_000)); });\n`,
  });
  const stop = new AbortController();
  const running = bench.run({ signal: stop.signal });
  const timer = setInterval(() => bench.said.includes('tests run 1 of 2') && stop.abort(), 20);
  await assert.rejects(running, (error) => stop.signal.aborted && error instanceof Error);
  clearInterval(timer);
});

test('a URL is mirrored', async () => {
  bench.commit(SOUND);
  const remote = new BuilderBench();
  Object.assign(remote, { repository: `file://${bench.repository.replaceAll(' ', '%20')}` });
  const result = await remote.run();
  assert.equal(result.outcome, 'ready', result.reason);
  assert.equal(result.base_commit, bench.git('rev-parse', 'HEAD'));
  assert.equal(readdirSync(join(remote.data_dir, 'mirrors')).length, 1);
  remote.close();
});
