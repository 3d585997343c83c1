import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';

const dir = mkdtempSync(join(tmpdir(), 'script-runner-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const scripts = { prehello: 'echo before', hello: 'show', nested: 'yarn hello deep', broken: 'exit 3' };
writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'x', scripts }));
mkdirSync(join(dir, 'node_modules/.bin'), { recursive: true });
writeFileSync(join(dir, 'node_modules/.bin/show'), '#!/bin/sh\necho "shown $*"\n');
chmodSync(join(dir, 'node_modules/.bin/show'), 0o755);

const runner = join(import.meta.dirname, '../runtime/bin');
function call(program: string, ...args: string[]): [number | null, string] {
  const env = { PATH: `${runner}:${dirname(process.execPath)}:/usr/bin:/bin` };
  const { status, stdout, stderr } = spawnSync(join(runner, program), args, { cwd: dir, env, encoding: 'utf8' });
  return [status, `${stdout}${stderr}`.trim()];
}

test('yarn and pnpm run scripts with their hooks and arguments, else installed programs', () => {
  assert.deepEqual(call('yarn', 'hello', 'a b', '--flag'), [0, 'before\nshown a b --flag']);
  assert.deepEqual(call('pnpm', '-s', 'run', 'nested'), [0, 'before\nshown deep']);
  assert.deepEqual(call('yarn', 'exec', 'show', '1'), [0, 'shown 1']);
  assert.deepEqual(call('yarn', 'show', '1'), [0, 'shown 1']);
  assert.equal(call('pnpm', 'broken')[0], 3);
});

test('what cannot be run is said in one sentence', () => {
  assert.deepEqual(call('yarn', 'nothing'), [1, "yarn: there is neither a script nor an installed program 'nothing'"]);
  assert.deepEqual(call('pnpm', 'add', 'left'), [1, 'pnpm: nothing is installed here: the network is off']);
});
