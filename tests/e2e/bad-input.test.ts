import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RunOutput } from '@codeoptima/contracts';
import { eventually, type TestRepository } from '@codeoptima/testkit';
import { CommandLine, outputOf } from '../support/command-line.ts';
import { processesOf } from '../support/leftovers.ts';
import { idlePackage, proposals, Repositories, stateOf } from '../support/repositories.ts';
import { assertSound } from '../support/soundness.ts';

const cli = new CommandLine();
const repositories = new Repositories();

before(() => cli.json(['up']));
after(async () => {
  const fleet = Object.values(cli.processes());
  await eventually(() => assert.deepEqual(processesOf(cli.data_dir, fleet), [], 'nothing works on'));
  assert.deepEqual(readdirSync(join(cli.data_dir, 'work')), [], 'nothing lies about');
  await cli.remove();
  repositories.remove();
});

interface Seen {
  output: RunOutput;
  stderr: string;
  notes: string;
}

/** Runs to the end, which must be the named one, with the repository as it was. */
async function run(repository: TestRepository, state: string, code: number): Promise<Seen> {
  const before = stateOf(repository);
  const ended = await cli.run(['run', repository.dir, '--max-iterations', '1', '--json']);
  const output = outputOf(ended);
  assert.deepEqual([output.state, ended.code], [state, code], `${output.reason}\n${ended.stderr}`);
  assert.match(output.reason, /^\S.*[^\s]$/s);
  assert.doesNotMatch(output.reason, /\n\s+at /, 'no stack trace');
  assert.deepEqual([stateOf(repository), proposals(repository)], [before, []], 'the repository is as it was');
  await assertSound(cli.data_dir, output.run_id, state);
  const evidence = output.report === null ? null : (JSON.parse(readFileSync(output.report.evidence, 'utf8')) as { notes: string[] });
  return { output, stderr: ended.stderr, notes: evidence?.notes.join('\n') ?? '' };
}

const fails = async (repository: TestRepository, sentence: RegExp): Promise<Seen> => {
  const seen = await run(repository, 'baseline_failed', 11);
  assert.match(seen.output.reason, sentence);
  return seen;
};

/** A sound package has nothing to gain here; what matters is what was found on the way. */
const passes = async (repository: TestRepository, note?: RegExp): Promise<Seen> => {
  const seen = await run(repository, 'no_gain', 10);
  if (note) assert.match(seen.notes, note);
  return seen;
};

const test = (name: string, body: string): string => `import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
test(${JSON.stringify(name)}, async () => {
${body}
});
`;

describe('a repository whose baseline cannot be made:', { concurrency: 2 }, () => {
  it('no tests', async () => {
    const repository = repositories.create({ 'package.json': { name: 'x', version: '1.0.0' }, 'index.js': 'export {};\n' });
    await fails(repository, /has no test script/);
  });

  it('an installation that fails', async () => {
    const repository = repositories.create(idlePackage({}, { dependencies: { missing: 'file:./missing.tgz' } }));
    const { stderr } = await fails(repository, /npm could not install the dependencies/);
    assert.match(stderr, /The end of its log:/);
  });

  it('a test that hangs', async () => {
    const hanging = test('waits for ever', '  for (;;) await new Promise((resolve) => setTimeout(resolve, 50));');
    const config = '[limits]\ntest_minutes = 0.1\n';
    await fails(
      repositories.create(idlePackage({ 'hang.test.js': hanging, 'codeoptima.toml': config })),
      /did not end within.*waits for ever/,
    );
  });
});

describe('a repository that asks for care:', { concurrency: 2 }, () => {
  it('tests that fail one time in three are named and judge nothing', async () => {
    const unsteady = Array.from({ length: 12 }, (_, index) => `test('unsteady ${index}', () => assert.ok(Math.random() > 1 / 3));`).join(
      '\n',
    );
    const head = "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n";
    // Twelve of them: two runs that agree on each, by chance, occur once in a thousand.
    await passes(
      repositories.create(idlePackage({ 'unsteady.test.js': `${head}${unsteady}\n` })),
      /tests? differs? between runs.*unsteady/,
    );
  });

  it('tests that write into the tree', async () => {
    const writing = test(
      'is the first',
      "  assert.ok(!fs.existsSync('trace'));\n  fs.writeFileSync('trace', '');\n  fs.rmSync('index.js');",
    );
    const { notes } = await passes(repositories.create(idlePackage({ 'write.test.js': writing })));
    assert.doesNotMatch(notes, /differ|fail/);
  });

  it('a dirty working tree', async () => {
    const repository = repositories.create(idlePackage());
    repository.write({ 'index.js': 'not even JavaScript', 'new file.js': 'x' });
    await passes(repository, /uncommitted changes \(.*index\.js.*left alone/);
  });

  it('a detached HEAD', async () => {
    const repository = repositories.create(idlePackage());
    repository.git('checkout', '--quiet', '--detach');
    await passes(repository, /HEAD is detached/);
  });

  it('a shallow clone', async () => {
    const origin = repositories.create(idlePackage());
    origin.commit('second');
    const repository = repositories.create({});
    repository.git('fetch', '--quiet', '--depth=1', `file://${origin.dir}`, 'main');
    repository.git('reset', '--quiet', '--hard', 'FETCH_HEAD');
    assert.equal(repository.git('rev-parse', '--is-shallow-repository'), 'true');
    await passes(repository, /shallow clone/);
  });

  it('submodules', async () => {
    const other = repositories.create({ 'data.txt': 'from the submodule' });
    const reading = test('reads it', "  assert.equal(fs.readFileSync('sub/data.txt', 'utf8'), 'from the submodule');");
    const repository = repositories.create(idlePackage({ 'sub.test.js': reading }));
    repository.git('submodule', '--quiet', 'add', other.dir, 'sub');
    repository.commit('with a submodule');
    const { notes } = await passes(repository);
    assert.doesNotMatch(notes, /fail|stay empty/);
  });

  it('spaces and non-ASCII in paths', async () => {
    const files = { 'src/größe & co/naïve test.js': 'export const sum = (a, b) => a + b;\n' };
    const using = `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { sum } from './src/größe & co/naïve test.js';\ntest('adds', () => assert.equal(sum(1, 2), 3));\n`;
    const repository = repositories.create(idlePackage({ ...files, 'größe.test.js': using }), { name: 'o\'neil ünï "code" $HOME' });
    const { notes } = await passes(repository);
    assert.doesNotMatch(notes, /fail|differ/);
  });

  it('a file of 2 GB', async () => {
    const repository = repositories.create(idlePackage());
    const big = join(repository.dir, 'big.bin');
    closeSync(openSync(big, 'w'));
    truncateSync(big, 2 ** 31);
    // To compress and to copy it takes a minute, so it is committed in the long variant alone.
    if (process.env['CODEOPTIMA_LONG'] === '1') repository.commit('with a big file');
    await passes(repository);
    const stored = execFileSync('du', ['-sm', cli.data_dir], { encoding: 'utf8' });
    assert.ok(Number.parseInt(stored, 10) < 1_000, `the data directory holds ${stored}`);
  });

  it('a file that is a symbolic link out of the repository', async () => {
    const secret = join(cli.folder, 'secret');
    writeFileSync(secret, 'hunter2');
    const peeking = test('peeks', "  console.log(fs.readFileSync('link', 'utf8'));");
    const repository = repositories.create(idlePackage({ 'peek.test.js': peeking }));
    symlinkSync(secret, join(repository.dir, 'link'));
    repository.commit('with a link');
    const { stderr } = await passes(repository, /1 test fails before any change.*peeks/);
    assert.doesNotMatch(stderr, /hunter2/);
    assert.equal(readFileSync(secret, 'utf8'), 'hunter2');
  });

  it('an install script that attacks', async () => {
    const canary = join(homedir(), `.codeoptima-canary-${process.pid}`);
    const attack = `import fs from 'node:fs';
import net from 'node:net';
import { spawn } from 'node:child_process';
const reached = [];
for (const path of [${JSON.stringify(canary)}, ${JSON.stringify(join(cli.data_dir, 'canary'))}, '/etc/canary'])
  try { fs.writeFileSync(path, 'x'); fs.readFileSync(path); if (path.startsWith('/etc')) reached.push(path); } catch {}
net.connect(443, '192.0.2.1').on('connect', () => reached.push('network')).on('error', () => {
  fs.writeFileSync('reached.json', JSON.stringify(reached));
  spawn('sh', ['-c', 'b() { b | b & }; b; sleep 600'], { stdio: 'ignore', detached: true }).unref();
  setTimeout(() => process.exit(1), 1_000);
});
`;
    const telling = test('reached nothing', "  assert.equal(fs.readFileSync('reached.json', 'utf8'), '[]');");
    const scripts = { test: 'node --test', postinstall: 'node attack.js' };
    const repository = repositories.create(idlePackage({ 'attack.js': attack, 'told.test.js': telling }, { scripts }));
    const { notes } = await passes(repository, /script 'postinstall' failed without a network/);
    assert.doesNotMatch(notes, /test fails/);
    assert.deepEqual([existsSync(canary), existsSync(join(cli.data_dir, 'canary'))], [false, false]);
  });
});
