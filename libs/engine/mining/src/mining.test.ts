import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { CodeOptimaError } from '@codeoptima/contracts';
import { messageSignal } from './message.ts';
import { MINING_LIMITS, type MinedPattern, type MiningCounts, type MiningLimits, minePatterns } from './mine.ts';
import { repositoriesIn } from './repositories.ts';

const root = mkdtempSync(join(tmpdir(), 'codeoptima-mining-'));
after(() => rmSync(root, { recursive: true, force: true }));

class Repository {
  readonly dir: string;

  constructor(name: string) {
    this.dir = join(root, name);
    mkdirSync(this.dir, { recursive: true });
    this.#git('init', '-q', '-b', 'main');
  }

  commit(message: string, files: Record<string, string>): this {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.dir, path)), { recursive: true });
      writeFileSync(join(this.dir, path), text);
    }
    this.#git('add', '-A');
    this.#git('commit', '-q', '--allow-empty', '-m', message);
    return this;
  }

  #git(...args: string[]): void {
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', '-c', 'commit.gpgsign=false', ...args], {
      cwd: this.dir,
    });
  }
}

async function mine(dir: string, limits: Partial<MiningLimits> = {}): Promise<{ found: MinedPattern[]; counts: MiningCounts }> {
  const found: MinedPattern[] = [];
  let counts: MiningCounts = { commits: 0, diffs: 0, patterns: 0, stopped_by: null };
  const request = {
    dir,
    repository: dir,
    ref: null,
    limits: { ...MINING_LIMITS, ...limits },
    signal: AbortSignal.timeout(120_000),
    progress: (now: MiningCounts) => void (counts = { ...now }),
  };
  for await (const pattern of minePatterns(request)) found.push(pattern);
  return { found, counts };
}

const SLOW =
  'export function missing(wanted, have) {\n  const out = [];\n  for (const w of wanted) {\n    if (!have.includes(w)) out.push(w);\n  }\n  return out;\n}\n';
const FAST =
  'export function missing(wanted, have) {\n  const known = new Set(have);\n  const out = [];\n  for (const w of wanted) {\n    if (!known.has(w)) out.push(w);\n  }\n  return out;\n}\n';
const OTHER = 'export function keep(a) {\n  return a;\n}\n';

test('a commit that says so gives its function, before and after', async () => {
  const { dir } = new Repository('says')
    .commit('first', { 'src/ü a.js': OTHER + SLOW })
    .commit('perf: look members up in a set', { 'src/ü a.js': OTHER + FAST });
  const { found, counts } = await mine(dir);
  assert.equal(found.length, 1);
  const [{ data, before }] = found as [MinedPattern];
  assert.deepEqual(
    [data.symbol, data.file, data.language, data.message],
    ['missing', 'src/ü a.js', 'js', 'perf: look members up in a set'],
  );
  assert.match(before, /have\.includes/);
  assert.match(data.after, /known\.has/);
  assert.deepEqual(data.removed, ['search repeated on fixed']);
  assert.deepEqual(counts, { commits: 1, diffs: 1, patterns: 1, stopped_by: null });
});

test('a commit that only hints needs a diff that takes something costly away', async () => {
  const repository = new Repository('hints').commit('first', { 'a.js': SLOW, 'b.js': OTHER });
  repository.commit('Avoid a warning', { 'b.js': OTHER.replace('return a', 'return a ?? null') });
  repository.commit('Reuse what is known', { 'a.js': FAST });
  repository.commit('Rename', { 'b.js': OTHER.replaceAll('keep', 'hold') });
  const { found } = await mine(repository.dir);
  assert.deepEqual(
    found.map(({ data }) => data.message),
    ['Reuse what is known'],
  );
});

test('Python and C++ are read too; tests, reverts and large commits are not', async () => {
  const python = (body: string): string => `def total(rows):\n    out = []\n    for row in rows:\n        ${body}\n    return out\n`;
  const cpp = (body: string): string =>
    `int total(const V& rows) {\n  int n = 0;\n  for (auto& row : rows) {\n    ${body}\n  }\n  return n;\n}\n`;
  const many = (body: string): string => Array.from({ length: 6 }, (_, n) => `function f${n}(a) {\n  return ${body};\n}\n`).join('');
  const repository = new Repository('kinds').commit('first', {
    'a.py': python('out = out + [row]'),
    'b.cc': cpp('std::regex r("x"); n += std::regex_match(row, r);'),
    'test/c.js': SLOW,
    'd.js': many('a + 1'),
    'e.js': SLOW,
  });
  repository.commit('Speed up total', { 'a.py': python('out.append(row)') });
  repository.commit('Make matching faster', { 'b.cc': cpp('n += row == "x";') });
  repository.commit('Speed up the tests', { 'test/c.js': FAST });
  repository.commit('Optimise everything', { 'd.js': many('a + 2') });
  repository.commit('Revert "Speed up members"', { 'e.js': FAST });
  const { found } = await mine(repository.dir);
  assert.deepEqual(found.map(({ data }) => `${data.language} ${data.symbol}`).sort(), ['cpp total', 'python total']);
});

test('limits end it and say which did', async () => {
  const repository = new Repository('long').commit('first', { 'a.js': SLOW });
  for (let n = 0; n < 6; n++) repository.commit(`perf: ${n}`, { 'a.js': SLOW.replace('const out', `const limit = ${n};\n  const out`) });
  assert.equal((await mine(repository.dir, { patterns: 2 })).found.length, 2);
  assert.equal((await mine(repository.dir, { patterns: 2 })).counts.stopped_by, 'patterns');
  assert.deepEqual((await mine(repository.dir, { diffs: 3 })).counts, { commits: 6, diffs: 3, patterns: 3, stopped_by: 'diffs' });
  assert.equal((await mine(repository.dir, { commits: 4 })).counts.stopped_by, 'commits');
});

test('finds repositories below a folder, and says what is wrong with a path', async () => {
  const repositories = await repositoriesIn(root);
  assert.ok(repositories.includes(join(root, 'says')) && repositories.includes(join(root, 'long')));
  const empty = join(root, 'nothing');
  mkdirSync(empty);
  for (const [path, words] of [
    [join(root, 'absent'), /does not exist/],
    [join(root, 'says', 'src', 'ü a.js'), /is a file/],
    [empty, /holds no git repository/],
  ] as const)
    await assert.rejects(
      repositoriesIn(path),
      (error) => error instanceof CodeOptimaError && error.code === 'bad_input' && words.test(error.message),
    );
  const { dir } = new Repository('empty');
  await assert.rejects(mine(dir), /has no commit yet/);
});

test('messages: outright, perhaps, not', () => {
  for (const message of ['perf(parser): x', 'Speed up parsing', 'Make lookups O(1)', 'Parsing is 3x faster', 'optimize loop'])
    assert.equal(messageSignal(message).strength, 2, message);
  for (const message of ['fix: y\n\nThis was a bottleneck.', 'Avoid copying the list', 'Cache the table', 'use a Map'])
    assert.equal(messageSignal(message).strength, 1, message);
  for (const message of ['Fix a typo', 'docs: performance tips', 'Revert "perf: x"', 'Bump faster-lib', ''])
    assert.equal(messageSignal(message).strength, 0, message);
});
