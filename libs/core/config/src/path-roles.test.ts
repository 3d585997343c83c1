import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JUDGING_ROLES, type PathRole, roleOf, TRYING_ROLES } from './path-roles.ts';

const ALL: readonly PathRole[] = [...JUDGING_ROLES, 'example', 'foreign', 'built', 'minified', 'generated'];

const known: Partial<Record<PathRole, readonly string[]>> = {
  test: [
    'test/a.js',
    'packages/x/__tests__/a.ts',
    'src/a.test.ts',
    'src/a.spec.tsx',
    'lib/a-test.js',
    'a_test.cc',
    'test.js',
    'e2e/a.ts',
    'spec/a_spec.js',
    'test_a.py',
    'src/a.test-d.ts',
    'Test/A.js',
  ],
  benchmark: [
    'bench/a.js',
    'benchmarks/a.mjs',
    'perf/a.js',
    'bench.mjs',
    'src/a.bench.ts',
    'src/a-benchmark.js',
    'benches/a.rs',
    'a_bench.cc',
  ],
  fixture: ['fixtures/a.json', 'src/__fixtures__/a.js', 'src/__snapshots__/a.snap', 'testdata/a.txt', 'src/mocks/a.js'],
  example: ['examples/a.js', 'example/a/b.ts'],
  hidden: ['.github/workflows/ci.yml', '.husky/pre-commit', 'src/.eslintrc.js'],
  lock: ['package-lock.json', 'packages/a/yarn.lock', 'codeoptima.toml'],
  configuration: ['vitest.config.ts', 'jest.setup.js', 'tsconfig.json', 'packages/a/tsconfig.build.json'],
  foreign: ['node_modules/a/test/b.js', 'vendor/a.js', 'third_party/a.js'],
  built: ['dist/a.js', 'coverage/a.js'],
  minified: ['lib/a.min.js', 'test/a.min.js'],
  generated: ['src/a_pb.ts', 'src/a.generated.js', 'src/app-bundle.js'],
};
for (const [role, paths] of Object.entries(known))
  test(`knows ${role}`, () => {
    for (const path of paths) assert.equal(roleOf(path, ALL), role, path);
  });

test('the product has no role', () => {
  const paths = [
    'index.js',
    'src/testing.ts',
    'src/latest.js',
    'src/contest/a.js',
    'lib/benchmarker.js',
    'src/config.ts',
    'src/specification.ts',
    'src/attest.js',
    'lib/inspect.js',
    'src/perfect.js',
    'src/setup.ts',
    'src/example.ts',
  ];
  for (const path of paths) assert.equal(roleOf(path, ALL), null, path);
});

test('only the roles that are asked for count', () => {
  assert.equal(roleOf('vendor/test/a.js', ['test']), 'test');
  assert.equal(roleOf('examples/a.js', JUDGING_ROLES), null);
  assert.equal(roleOf('dist/a.js', TRYING_ROLES), null);
});
