import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const TOOLS = ['g++', 'cmake', 'pkg-config'];
const LIBRARIES = ['gtest', 'libsodium'];

const hasTool = (name: string): boolean => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
const hasLibrary = (name: string): boolean => spawnSync('pkg-config', ['--exists', name]).status === 0;
const cached = (what: 'engine' | 'all', ...flags: string[]) =>
  spawnSync('sh', [join(root, 'scripts', 'cached-build.sh'), what, ...flags], { encoding: 'utf8', cwd: root });

/** Where the engine's tests of these very sources are built, building them where that is possible; a reason otherwise. */
function engineTests(): { directory: string } | { reason: string } {
  const found = cached('engine', '--no-build');
  if (found.status === 0) return { directory: found.stdout.trim() };
  const missing = [...TOOLS.filter((name) => !hasTool(name)), ...LIBRARIES.filter((name) => !hasLibrary(name))];
  if (missing.length > 0) return { reason: `no cached build of these sources, and no ${missing.join(', ')} to make one` };
  const made = cached('engine');
  assert.equal(made.status, 0, made.stderr);
  return { directory: made.stdout.trim() };
}

function run(directory: string, suite: string): void {
  const done = spawnSync(join(directory, suite), ['--gtest_brief=1'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.equal(done.status, 0, `${done.stdout.slice(-8000)}\n${done.stderr.slice(-2000)}`);
}

const engine = engineTests();

test('the C++ suite of the engine passes', { skip: 'reason' in engine ? engine.reason : false }, () => {
  assert.ok('directory' in engine);
  run(engine.directory, 'engine_test');
});

// The server's own tests take three times as long to build; the gateway's tests drive the same server in every run.
const long = process.env['CODEOPTIMA_LONG'] === '1';

test('the C++ suite of the server passes', { skip: long ? false : 'long: CODEOPTIMA_LONG=1 builds the gRPC server and its tests' }, () => {
  const made = cached('all');
  assert.equal(made.status, 0, made.stderr);
  run(made.stdout.trim(), 'wire_test');
});
