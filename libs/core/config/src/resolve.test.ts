import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveConfig } from './resolve.ts';
import { RunConfig } from './run-config.ts';

const messages = (text: string): string[] => {
  const result = resolveConfig({ text });
  assert.ok(!result.ok);
  return result.problems.map(({ message }) => message);
};

test('no file and no flags give the defaults', () => {
  const result = resolveConfig({ text: null });
  assert.ok(result.ok);
  assert.deepEqual(result.config, RunConfig.parse({}));
  assert.ok(result.origins.every(({ origin }) => origin === 'default'));
  assert.deepEqual(
    [
      result.config.budget.repo_month_usd,
      result.config.budget.max_concurrency,
      result.config.target_pct,
      result.config.limits.wall_clock_minutes,
    ],
    [10, 2, 5, 120],
  );
});

test('flag over file over default, each with its origin', () => {
  const result = resolveConfig({
    text: 'target_pct = 8\nignore = [\n  "a",\n]\n[limits]\nmax_iterations = 3\n',
    flags: [{ flag: '--target', path: ['target_pct'], value: 12 }],
  });
  assert.ok(result.ok);
  const origin = (key: string) => result.origins.find((entry) => entry.key === key);
  assert.deepEqual(origin('target_pct'), { key: 'target_pct', value: 12, origin: 'flag', where: '--target' });
  assert.deepEqual(origin('limits.max_iterations'), { key: 'limits.max_iterations', value: 3, origin: 'file', where: 'codeoptima.toml:6' });
  assert.equal(origin('limits.build_minutes')?.origin, 'default');
});

test('an unknown key names the nearest known one and the line', () => {
  assert.deepEqual(messages('\ntarget_pc = 8\n'), ['codeoptima.toml:2: unknown key target_pc; the nearest known one is target_pct.']);
  assert.deepEqual(messages('[limits]\nmax_iteration = 3\n'), [
    'codeoptima.toml:2: unknown key limits.max_iteration; the nearest known one is limits.max_iterations.',
  ]);
});

test('a key at the wrong place points to the right one', () => {
  assert.deepEqual(messages('max_iterations = 3\n'), [
    'codeoptima.toml:1: unknown key max_iterations; the nearest known one is limits.max_iterations.',
  ]);
  assert.deepEqual(messages('max_iteration = 3\n[limits]\ntarget_pt = 5\n'), [
    'codeoptima.toml:3: unknown key limits.target_pt; the nearest known one is target_pct.',
    'codeoptima.toml:1: unknown key max_iteration; the nearest known one is limits.max_iterations.',
  ]);
});

test('a wrong type says what was found and what would be right', () => {
  assert.deepEqual(messages('[limits]\n# how often\nmax_iterations = "three"\n'), [
    'codeoptima.toml:3: limits.max_iterations must be a whole number from 1 to 50, found "three".',
  ]);
  assert.deepEqual(messages('baseline = "lax"'), ['codeoptima.toml:1: baseline must be one of "tolerant", "strict", found "lax".']);
  assert.deepEqual(messages('limits = 3'), ['codeoptima.toml:1: limits must be a table, found 3.']);
  assert.match(
    messages('[workload]\nfile = "a"')[0] ?? '',
    /workload must be a list of tables, each under its own \[\[…\]\] heading, found a table/,
  );
});

test('the second workload is blamed at its own line', () => {
  assert.deepEqual(messages('[[workload]]\nfile = "a.mjs"\n\n[[workload]]\nname = """\n[x]\n"""\nfile = 7\n'), [
    'codeoptima.toml:8: workload[1].file must be a text in quotes, not empty, found 7.',
  ]);
  assert.deepEqual(messages('[[workload]]\nname = "n"\n'), [
    'codeoptima.toml:1: workload[0].file is missing: it must be a text in quotes, not empty.',
  ]);
});

test('a workload outside the repository is refused', () => {
  for (const file of ['../secret.mjs', '/etc/passwd', 'a/../../b']) {
    assert.match(messages(`[[workload]]\nfile = "${file}"`)[0] ?? '', /a path inside the repository/);
  }
});

test('a repository cannot switch its sandbox off', () => {
  assert.match(messages('unsafe_no_sandbox = true')[0] ?? '', /--unsafe-no-sandbox on the command line/);
});

test('text that is not TOML names the line', () => {
  assert.match(messages('a = 1\nb = \n')[0] ?? '', /^codeoptima\.toml:2: not valid TOML \(column \d+\): .+\.$/);
});

test('a wrong flag is called by its name', () => {
  const result = resolveConfig({ text: null, flags: [{ flag: '--target', path: ['target_pct'], value: 500 }] });
  assert.ok(!result.ok);
  assert.deepEqual(
    result.problems.map(({ message }) => message),
    ['--target: target_pct must be a number from 1 to 90, found 500.'],
  );
});
