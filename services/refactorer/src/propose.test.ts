import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ArtifactStore, openDirectoryStore } from '@codeoptima/artifacts';
import { type AcceptedChange, type HotSpot, ProposePayload, type ProposeResult } from '@codeoptima/contracts';
import { packTree } from '@codeoptima/toolchains';
import { propose } from './propose.ts';

const QUEUE = `export function drain(jobs) {
  const queue = [];
  for (const job of jobs) queue.push(job);
  const done = [];
  while (queue.length > 0) done.push(queue.shift());
  return done;
}

export const fresh = (items, known) => items.filter((item) => !known.includes(item));
`;
const PATHS = ['src/queue.js', 'src/für uns/queue.js', 'test/queue.js', 'src/legacy/queue.js'];

let dir = '';
let repository = '';
let store: ArtifactStore;
let prepared = '';
let attempt = 0;

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'codeoptima-refactorer-'));
  repository = join(dir, 'repository');
  for (const path of PATHS) write(path, QUEUE);
  write('src/bare.js', QUEUE.trimEnd());
  write('../outside.js', QUEUE);
  symlinkSync('../../outside.js', join(repository, 'src/link.js'));
  execFileSync('git', ['init', '-q'], { cwd: repository });
  store = await openDirectoryStore(join(dir, 'objects'));
  const archive = join(dir, 'prepared.tar.zst');
  await packTree(repository, archive);
  prepared = await store.put({ file: archive });
});
after(() => rmSync(dir, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
}

const hotspot = (file: string, start_line: number, end_line: number, symbol: string, score: number): HotSpot => ({
  id: `${file}:${symbol}`,
  file,
  symbol,
  start_line,
  end_line,
  inclusive_share: score,
  self_share: score,
  calls: null,
  growth: null,
  reached_by_tests: true,
  workload_id: 'w',
  score,
  reasons: [],
});

async function run(
  hotspots: HotSpot[],
  more: { tried?: string[]; limit?: number; accepted?: AcceptedChange[]; memory?: Parameters<typeof propose>[0] } = {},
): Promise<ProposeResult> {
  const workdir = join(dir, `work-${attempt++}`);
  mkdirSync(workdir);
  const payload = ProposePayload.parse({
    run_id: 'r',
    baseline: {
      outcome: 'ready',
      reason: '',
      base_commit: 'a'.repeat(40),
      base_branch: 'main',
      notes: [],
      toolchain: null,
      prepared,
      tests: null,
      log: null,
    },
    hotspots: { workloads: [], hotspots, profile: null, notes: [] },
    accepted: more.accepted ?? [],
    tried: more.tried ?? [],
    limit: more.limit ?? 5,
    config: { ignore: ['src/legacy'] },
  });
  const context = { payload, artifacts: store, workdir, signal: AbortSignal.timeout(120_000), progress: () => undefined };
  return await propose(more.memory ?? null)(context as unknown as Parameters<ReturnType<typeof propose>>[0]);
}

const both = (file: string): HotSpot[] => [hotspot(file, 1, 7, 'drain', 0.6), hotspot(file, 9, 9, 'fresh', 0.3)];

test('the best rewrite comes first, and each patch applies', async () => {
  const { candidates } = await run(both('src/queue.js'));
  assert.deepEqual(
    candidates.map(({ rule, symbol }) => [rule, symbol]),
    [
      ['queue-shift', 'drain'],
      ['includes-in-loop', 'fresh'],
    ],
  );
  const [first] = candidates;
  assert.equal(first?.title, 'perf(queue): take from the queue by index instead of shifting it');
  assert.match(first?.explanation ?? '', /^`drain` \(src\/queue.js:5\) takes 60 % of the profile\. shift moves/);
  for (const candidate of candidates) assert.match(await applied(candidate.patch, 'src/queue.js'), /queueHead|knownSet/);
});

async function applied(patch: string, path: string): Promise<string> {
  const copy = join(dir, `copy-${attempt++}`);
  execFileSync('cp', ['-r', repository, copy]);
  execFileSync('git', ['apply', '-p1', '-'], { cwd: copy, input: await store.get(patch) });
  return readFileSync(join(copy, path), 'utf8');
}

test('odd paths and files without a last newline get patches that apply', async () => {
  for (const path of ['src/für uns/queue.js', 'src/bare.js']) {
    const { candidates } = await run([hotspot(path, 9, 9, 'fresh', 0.3)]);
    assert.equal(candidates.length, 1);
    const text = await applied(candidates[0]?.patch ?? '', path);
    assert.match(text, /knownSet/);
    assert.equal(text.endsWith('\n'), path !== 'src/bare.js');
  }
});

test('what was tried is not proposed again, and the limit holds', async () => {
  const { candidates } = await run(both('src/queue.js'), { limit: 1 });
  assert.equal(candidates.length, 1);
  const next = await run(both('src/queue.js'), { tried: candidates.map(({ id }) => id) });
  assert.deepEqual(
    next.candidates.map(({ rule }) => rule),
    ['includes-in-loop'],
  );
  assert.deepEqual((await run(both('src/queue.js'), { tried: [...candidates, ...next.candidates].map(({ id }) => id) })).candidates, []);
});

test('accepted changes lie under the next ones, and a rejected candidate keeps its id', async () => {
  const [queue, includes] = (await run(both('src/queue.js'))).candidates;
  assert.ok(queue && includes);
  const accepted = [{ candidate: queue, estimate_pct: 40, provable_pct: 30, evidence: queue.patch }];
  const { candidates } = await run(both('src/queue.js'), { accepted });
  assert.deepEqual(
    candidates.map(({ id }) => id),
    [includes.id],
  );
  assert.deepEqual((await run(both('src/queue.js'), { accepted, tried: [includes.id] })).candidates, []);
});

test('tests, ignored paths, links out of the tree and missing files are named and left alone', async () => {
  const { candidates, skipped } = await run(
    ['test/queue.js', 'src/legacy/queue.js', 'src/link.js', 'src/missing.js', 'src/a.py'].flatMap(both),
  );
  assert.deepEqual(candidates, []);
  assert.deepEqual(
    skipped.map(({ reason }) => reason),
    [
      'tests, benchmarks and examples are never changed',
      'the path is ignored by configuration',
      'the file cannot be read as text',
      'the file cannot be read as text',
      'no rule reads this kind of file',
    ],
  );
});

test('code outside the hot spots is left alone', async () => {
  const { candidates } = await run([hotspot('src/queue.js', 9, 9, 'fresh', 0.3)]);
  assert.deepEqual(
    candidates.map(({ symbol }) => symbol),
    ['fresh'],
  );
});
