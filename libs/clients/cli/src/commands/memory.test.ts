import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { projectOf } from '@codeoptima/experience';
import { MemoryServer } from '@codeoptima/testkit';
import { runProgram } from '../program.ts';
import { Harness } from '../test-support/harness.ts';

const SLOW = 'export function missing(wanted, have) {\n  return wanted.filter((one) => !have.includes(one));\n}\n';
const FAST =
  'export function missing(wanted, have) {\n  const known = new Set(have);\n  return wanted.filter((one) => !known.has(one));\n}\n';
const LIKE = 'const absent = (orders, paid) => orders.filter((order) => !paid.includes(order));\n';

let harness: Harness;
let memory: MemoryServer | null = null;

beforeEach(() => {
  harness = new Harness();
});
afterEach(async () => {
  await memory?.stop();
  memory = null;
  await harness.close();
});

async function startMemory(): Promise<void> {
  const sockets = join(harness.dir, 'sockets');
  mkdirSync(sockets, { mode: 0o700 });
  memory = await MemoryServer.start(`unix:${join(sockets, 'memory.sock')}`);
  harness.memory_address = memory.address;
}

async function cli(...argv: string[]): Promise<void> {
  harness.out = '';
  harness.err = '';
  harness.code = 0;
  await runProgram(argv, harness.context());
}
const printed = (): unknown => JSON.parse(harness.out.trim().split('\n').at(-1) ?? '');
const answer = (): MineAnswer => printed() as MineAnswer;
const forgotten = (): number => (printed() as { forgotten: number }).forgotten;

function mined(): string {
  const root = harness.repository('lib', { 'a.js': SLOW });
  writeFileSync(join(root, 'a.js'), FAST);
  harness.git(root, 'commit', '-q', '-am', 'perf: look members up in a set');
  return root;
}

interface MineAnswer {
  repositories: { commits: number; patterns: number }[];
  patterns: { id: string; symbol: string; message: string }[];
  added: number;
  known: number;
}

test('mine keeps what it finds once, and memory finds, shows, moves and forgets it', async () => {
  await startMemory();
  const root = mined();
  await cli('mine', root, '--json');
  const first = answer();
  assert.deepEqual([first.repositories[0]?.commits, first.added, first.known, first.patterns[0]?.symbol], [1, 1, 0, 'missing']);
  await cli('mine', root, '--json');
  assert.deepEqual([answer().added, answer().known], [0, 1]);

  writeFileSync(join(harness.dir, 'like.js'), LIKE);
  await cli('memory', 'search', '--code', 'like.js', '--function', 'absent', '--json');
  const { results } = printed() as { results: { id: string; score: number }[] };
  assert.equal(results[0]?.id, first.patterns[0]?.id);
  assert.ok((results[0]?.score ?? 0) > 0.5);
  const id = results[0]?.id ?? '';
  await cli('memory', 'search', 'members set', '--json');
  assert.deepEqual(
    (printed() as { results: { id: string; score: number }[] }).results.map((one) => [one.id, one.score]),
    [[id, 1]],
  );
  await cli('memory', 'search', 'weather');
  assert.match(harness.out, /Nothing like it is remembered/);
  await cli('memory', 'search', '--kind', 'verdict');
  assert.match(harness.out, /Nothing like it is remembered/);
  await cli('memory', 'show', id);
  assert.match(harness.out, /before[\s\S]+have\.includes[\s\S]+after[\s\S]+known\.has/);
  assert.match(harness.out, /perf: look members up in a set/);

  await cli('memory', 'export', 'all.jsonl');
  assert.equal(readFileSync(join(harness.dir, 'all.jsonl'), 'utf8').trim().split('\n').length, 1);
  await cli('memory', 'forget', id, '--json');
  assert.equal(forgotten(), 1);
  await cli('memory', 'show', id);
  assert.match(harness.err, /There is no memory/);
  assert.equal(harness.code, 2);
  await cli('memory', 'import', 'all.jsonl', '--json');
  assert.deepEqual(printed(), { added: 1, known: 0, expired: 0 });
  await cli('memory', 'import', 'all.jsonl', '--json');
  assert.deepEqual(printed(), { added: 0, known: 1, expired: 0 });
});

test('what a project keeps to itself stays its own when it is moved', async () => {
  await startMemory();
  const owner = harness.repository('owner', { 'a.js': SLOW });
  const stranger = harness.repository('stranger', { 'a.js': FAST });
  const id = '0b6d6a4e-5d0c-4c86-9d0a-3f1f0f3c2a11';
  const line = { id, kind: 'note', language: null, path: '', source: '', text: 'our own secret', status: '', data: {} };
  const project = projectOf(realpathSync(owner));
  writeFileSync(join(harness.dir, 'own.jsonl'), `${JSON.stringify({ ...line, project, visibility: 'project' })}\n`);
  const seen = async (repository: string): Promise<unknown[]> => {
    await cli('memory', 'search', '--repository', repository, '--json');
    return (printed() as { results: { text: string }[] }).results.map(({ text }) => text);
  };
  for (const round of ['own.jsonl', 'again.jsonl']) {
    await cli('memory', 'import', round, '--json');
    assert.deepEqual([await seen(owner), await seen(stranger)], [['our own secret'], []]);
    await cli('memory', 'export', 'again.jsonl', '--repository', owner);
    await cli('memory', 'forget', id, '--repository', owner, '--json');
    assert.equal(forgotten(), 1);
  }
});

test('an export brings everything back as it was: tier, priority, role, agent, code around it, times and what is left of its life', async () => {
  await startMemory();
  const owner = harness.repository('owner', { 'a.js': SLOW });
  const ids = ['1', '2', '3'].map((digit) => `0b6d6a4e-5d0c-4c86-9d0a-3f1f0f3c2a1${digit}`);
  const whole = {
    kind: 'note',
    project: projectOf(realpathSync(owner)),
    visibility: 'project',
    language: 'js',
    path: 'src/a.js',
    source: SLOW,
    text: 'a lookup in a loop',
    status: 'certified',
    data: { gain: 2.5 },
    imports: ['./list'],
    callers: ['render'],
    priority: 7,
    task: 't-1',
    depends_on: [ids[1]],
    role: 'benchmark-runner',
    agent: 'b2',
    created_at: '2026-01-02T03:04:05.678Z',
    updated_at: '2026-02-02T03:04:05.678Z',
    recalled_at: '2026-03-02T03:04:05.678Z',
    recalls: 4,
  };
  harness.now_ms = Date.parse('2026-06-01T00:00:00Z');
  const lines = [
    { ...whole, id: ids[0], tier: 'historical', expires_at: null },
    { ...whole, id: ids[1], tier: 'hot', expires_at: '2026-06-02T00:00:00.000Z', language: null, recalled_at: null },
    { ...whole, id: ids[2], tier: 'hot', expires_at: '2026-01-03T00:00:00.000Z' },
  ];
  writeFileSync(join(harness.dir, 'whole.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
  await cli('memory', 'import', 'whole.jsonl', '--json');
  assert.deepEqual(printed(), { added: 2, known: 0, expired: 1 });
  for (const round of ['first.jsonl', 'second.jsonl']) {
    await cli('memory', 'export', round, '--repository', owner);
    const text = readFileSync(join(harness.dir, round), 'utf8').trim().split('\n');
    assert.deepEqual(
      text.map((line) => JSON.parse(line) as unknown),
      lines.slice(0, 2),
    );
    await cli('memory', 'forget', ids[0] ?? '', ids[1] ?? '', '--repository', owner, '--json');
    assert.equal(forgotten(), 2);
    await cli('memory', 'import', round);
    assert.match(harness.out, /2 added, 0 known before\./);
  }
});

test('mine --out writes lines without a memory, and import takes them', async () => {
  const root = mined();
  await cli('mine', root, '--out', 'patterns.jsonl');
  assert.match(harness.out, /1 found\n[\s\S]*missing \(a\.js\): perf: look members up in a set[\s\S]*nothing was kept/);
  assert.deepEqual(harness.fleetCalls, []);
  await startMemory();
  await cli('memory', 'import', 'patterns.jsonl');
  assert.match(harness.out, /1 added, 0 known before/);
});

test('a folder of repositories is mined whole', async () => {
  mined();
  harness.repository('other', { 'b.js': SLOW });
  await cli('mine', '.', '--out', 'patterns.jsonl', '--json');
  assert.equal(answer().repositories.length, 2);
});

test('wrong input is one sentence and exit code 2; a memory that is down says what helps', async () => {
  const root = mined();
  const says = async (words: RegExp, ...argv: string[]): Promise<void> => {
    await cli(...argv);
    assert.match(harness.err, words);
    assert.equal(harness.code, 2, argv.join(' '));
  };
  await says(/does not exist: give a git repository/, 'mine', 'absent');
  await says(/--max-commits must be a whole number/, 'mine', root, '--max-commits', 'many');
  await says(/has no commit, branch or tag/, 'mine', root, '--ref', 'v9');
  await says(/is no id of a memory/, 'memory', 'show', 'x');
  await says(/--limit must be a whole number/, 'memory', 'search', '--limit', '0');
  await says(/has no function "gone"; it has missing/, 'memory', 'search', '--code', 'lib/a.js', '--function', 'gone');
  await says(/Say what to forget/, 'memory', 'forget');
  await says(/cannot be read/, 'memory', 'import', 'none.jsonl');
  writeFileSync(join(harness.dir, 'bad.jsonl'), '{"id": 1}\n');
  await says(/bad\.jsonl:1 is no memory/, 'memory', 'import', 'bad.jsonl');
  await cli('mine', root);
  assert.match(harness.err, /The memory of .* does not answer: "codeoptima doctor" says what it needs/);
  assert.equal(harness.code, 1);
});

test('all of a kind is forgotten only when somebody says yes', async () => {
  await startMemory();
  const root = mined();
  await cli('mine', root);
  await cli('memory', 'forget', '--kind', 'pattern', '--repository', 'lib');
  assert.match(harness.err, /Nothing was forgotten/);
  await cli('memory', 'forget', '--kind', 'pattern', '--repository', 'lib', '--yes', '--json');
  assert.equal(forgotten(), 1);
});

test('help teaches', async () => {
  for (const argv of [
    ['mine', '--help'],
    ['memory', '--help'],
  ]) {
    await cli(...argv);
    assert.match(harness.out, /Examples:/);
  }
});
