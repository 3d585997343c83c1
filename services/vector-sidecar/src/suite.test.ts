import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const TOOLS = ['g++', 'cmake', 'pkg-config', 'protoc', 'grpc_cpp_plugin'];
const LIBRARIES = ['gtest', 'libsodium', 'grpc++', 'protobuf'];

const hasTool = (name: string): boolean => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
const hasLibrary = (name: string): boolean => spawnSync('pkg-config', ['--exists', name]).status === 0;
const cached = (...flags: string[]) =>
  spawnSync('sh', [join(root, 'scripts', 'cached-build.sh'), ...flags], { encoding: 'utf8', cwd: root });

/** Where the tests of these very sources are built, building them when that is possible here; a reason otherwise. */
function built(): { directory: string } | { reason: string } {
  const found = cached('--no-build');
  if (found.status === 0) return { directory: found.stdout.trim() };
  const missing = [...TOOLS.filter((name) => !hasTool(name)), ...LIBRARIES.filter((name) => !hasLibrary(name))];
  if (missing.length > 0) return { reason: `no cached build of these sources, and no ${missing.join(', ')} to make one` };
  const made = cached();
  assert.equal(made.status, 0, made.stderr);
  return { directory: made.stdout.trim() };
}

const where = built();
const skip = 'reason' in where ? where.reason : false;

for (const suite of ['engine_test', 'wire_test']) {
  test(`the C++ suite ${suite} passes`, { skip }, () => {
    assert.ok('directory' in where);
    const done = spawnSync(join(where.directory, suite), ['--gtest_brief=1'], { encoding: 'utf8', maxBuffer: 1 << 26 });
    assert.equal(done.status, 0, `${done.stdout.slice(-8000)}\n${done.stderr.slice(-2000)}`);
  });
}
