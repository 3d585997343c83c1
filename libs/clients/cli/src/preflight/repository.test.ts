import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CodeOptimaError } from '@codeoptima/contracts';
import { Harness, PACKAGE } from '../test-support/harness.ts';
import { findRepository } from './repository.ts';

let harness: Harness;
before(() => void (harness = new Harness()));
after(() => harness.close());

const find = (target: string, ref: string | null = null, config: string | null = null) =>
  findRepository(target, { cwd: harness.dir, data_dir: harness.data_dir, ref, config });

async function refusal(target: string, ref: string | null = null): Promise<string> {
  const error = await find(target, ref).then(
    () => assert.fail('expected a refusal'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof CodeOptimaError && error.code === 'bad_input', String(error));
  assert.match(error.message, /\.$/, 'a sentence');
  assert.doesNotMatch(error.message, /\n/, 'one line');
  return error.message;
}

test('a good repository is known by its root and commit', async () => {
  const root = harness.repository('good', PACKAGE);
  const found = await find('good');
  assert.deepEqual([found.repository, found.commit, found.package_dir], [root, harness.git(root, 'rev-parse', 'HEAD'), '']);
  assert.equal(found.config_text, null);
});

test('a folder below the root chooses the package, spaces and umlauts included', async () => {
  const root = harness.repository('mit Leerzeichen ü', { ...PACKAGE, 'packages/a b/package.json': '{"name": "ab"}' });
  const found = await find(join(root, 'packages/a b'));
  assert.deepEqual([found.repository, found.package_dir], [root, 'packages/a b']);
});

test('codeoptima.toml is read from the working tree, or from --config', async () => {
  const root = harness.repository('configured', PACKAGE);
  writeFileSync(join(root, 'codeoptima.toml'), 'target_pct = 9');
  assert.equal((await find(root)).config_text, 'target_pct = 9');
  writeFileSync(join(harness.dir, 'other.toml'), 'target_pct = 7');
  assert.equal((await find(root, null, 'other.toml')).config_text, 'target_pct = 7');
  await assert.rejects(find(root, null, 'missing.toml'), /missing\.toml cannot be read \(ENOENT\)/);
});

test('bad input is one sentence each', async () => {
  mkdirSync(join(harness.dir, 'plain'));
  writeFileSync(join(harness.dir, 'file'), '');
  assert.match(await refusal('missing'), /does not exist/);
  assert.match(await refusal('file'), /is a file/);
  assert.match(await refusal('plain'), /is not a git repository/);
  harness.repository('empty', null);
  assert.match(await refusal('empty'), /is an empty repository: commit the code first/);
  harness.repository('nothing', {});
  assert.match(await refusal('nothing'), /has no files/);
  harness.repository('no-package', { 'a.js': '' });
  assert.match(await refusal('no-package'), /has no package\.json/);
  harness.repository('broken', { 'package.json': '{\n  "name": "p",\n  "version": oops\n}\n' });
  assert.match(await refusal('broken'), /package\.json:3 is not valid JSON/);
  harness.repository('cut', { 'package.json': '{\n  "name": "p",\n' });
  assert.match(await refusal('cut'), /package\.json:2 is not valid JSON/);
  harness.repository('list', { 'package.json': '[]' });
  assert.match(await refusal('list'), /must hold a JSON object/);
  assert.match(await refusal('good', 'no-such-branch'), /no commit, branch or tag called "no-such-branch"/);
  assert.match(await refusal('good', '--output=x'), /no commit, branch or tag/);
});

test('a package.json that is not committed does not count', async () => {
  const root = harness.repository('uncommitted', { 'a.js': '' });
  writeFileSync(join(root, 'package.json'), '{}');
  assert.match(await refusal('uncommitted'), /has no package\.json in the root of commit/);
});

test('a URL is fetched for a look, at a ref where one is given', async () => {
  const root = harness.repository('remote', { ...PACKAGE, 'codeoptima.toml': 'target_pct = 6' });
  harness.git(root, 'tag', 'v1');
  const found = await find(`file://${root}`, 'v1');
  assert.deepEqual(
    [found.repository, found.commit, found.config_text],
    [`file://${root}`, harness.git(root, 'rev-parse', 'HEAD'), 'target_pct = 6'],
  );
  assert.match(await refusal(`file://${root}`, 'v2'), /cannot be fetched at "v2"/);
  assert.match(await refusal('file:///nowhere/at/all'), /cannot be fetched/);
});

test('reading a hostile repository runs nothing of it', async () => {
  const root = harness.repository('hostile', PACKAGE);
  const witness = join(harness.dir, 'witness');
  harness.git(root, 'config', 'core.fsmonitor', `touch ${witness}; false`);
  harness.git(root, 'config', 'core.pager', `touch ${witness}`);
  await find(root);
  assert.equal(existsSync(witness), false);
});
