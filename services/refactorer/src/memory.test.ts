import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ArtifactStore, openDirectoryStore } from '@codeoptima/artifacts';
import { type Candidate, type HotSpot, ProposePayload, type ProposeResult, type Verdict } from '@codeoptima/contracts';
import { projectOf, verdictMemory } from '@codeoptima/experience';
import { connectMemory } from '@codeoptima/memory';
import { MemoryServer } from '@codeoptima/testkit';
import { packTree } from '@codeoptima/toolchains';
import { propose } from './propose.ts';

// Two rules fire in one function; without experience the one with the larger usual gain comes first.
const source = (list: string, known: string): string => `export function overview(${list}, ${known}) {
  const pending = [];
  for (const each of ${list}) pending.push(each);
  const found = [];
  while (pending.length > 0) {
    const first = pending.shift();
    if (${known}.includes(first)) found.push(first);
  }
  return found;
}
`;

let dir = '';
let store: ArtifactStore;
let memory: MemoryServer;
let attempt = 0;

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'codeoptima-refactorer-memory-'));
  store = await openDirectoryStore(join(dir, 'objects'));
  mkdirSync(join(dir, 'sockets'), { mode: 0o700 });
  memory = await MemoryServer.start(`unix:${join(dir, 'sockets', 'm.sock')}`);
});
after(async () => {
  await memory.stop();
  rmSync(dir, { recursive: true, force: true });
});

const HOT: HotSpot = {
  id: 'h1',
  file: 'src/a.js',
  symbol: 'overview',
  start_line: 1,
  end_line: 10,
  inclusive_share: 0.9,
  self_share: 0.9,
  calls: null,
  growth: null,
  reached_by_tests: true,
  workload_id: 'w',
  score: 0.9,
  reasons: [],
};

async function run(text: string, repository: string, address: string | null, runtime = 'v24.21.0'): Promise<ProposeResult> {
  const workdir = join(dir, `work-${attempt++}`);
  const tree = join(dir, `tree-${attempt}`);
  mkdirSync(dirname(join(tree, HOT.file)), { recursive: true });
  mkdirSync(workdir);
  writeFileSync(join(tree, HOT.file), text);
  const archive = join(dir, `prepared-${attempt}.tar.zst`);
  await packTree(tree, archive);
  const toolchain = {
    language: 'node',
    package_manager: { name: 'npm', version: null },
    runtime_version: runtime,
    package_dir: '',
    package_name: null,
    module_format: 'esm',
    typescript: false,
    build_script: null,
    typecheck_command: null,
    framework: 'node-test',
    test_command: 'true',
  };
  const payload = ProposePayload.parse({
    run_id: 'r',
    repository,
    baseline: {
      outcome: 'ready',
      reason: '',
      base_commit: 'a'.repeat(40),
      base_branch: 'main',
      notes: [],
      toolchain,
      prepared: await store.put({ file: archive }),
      tests: null,
      log: null,
    },
    hotspots: { workloads: [], hotspots: [HOT], profile: null, notes: [] },
    accepted: [],
    tried: [],
    limit: 5,
    config: {},
  });
  const context = { payload, artifacts: store, workdir, signal: AbortSignal.timeout(120_000), progress: () => undefined };
  return propose(address === null ? null : { address })(context as unknown as Parameters<ReturnType<typeof propose>>[0]);
}

/** What the benchmark-runner would remember of a candidate. */
async function judge(candidate: Candidate, verdict: Verdict, repository: string): Promise<void> {
  const { subject, rule } = candidate;
  assert.ok(subject && rule);
  const text = async (ref: string): Promise<string> => (await store.get(ref)).toString('utf8');
  const client = connectMemory({ address: memory.address, project: projectOf(repository), role: 'benchmark-runner' });
  const { symbol, language, function_hash, change_hash } = subject;
  const data = {
    schema: 'verdict/1' as const,
    repository: projectOf(repository),
    file: candidate.file,
    symbol,
    language,
    function_hash,
    change_hash,
    after: await text(subject.after),
    at_ms: Date.UTC(2026, 0, 2),
    rule,
    candidate_id: candidate.id,
    run_id: 'r',
    title: candidate.title,
    verdict,
    reason: 'The results differ for an empty list.',
    estimate_pct: 3,
    provable_pct: verdict === 'certified' ? 20 : null,
    target_pct: 5,
    runtime: 'v24.21.0',
  };
  await client.remember({ item_id: `i-${candidate.id}`, epoch: 1n }, [verdictMemory(data, await text(subject.before))]);
  client.close();
}

const rulesOf = ({ candidates }: ProposeResult): (string | null)[] => candidates.map(({ rule }) => rule);

test('what fell on similar code in another repository comes later, what was proved comes earlier', async () => {
  const cold = await run(source('orders', 'paid'), '/srv/first', memory.address);
  assert.equal(cold.memory?.state, 'used');
  assert.ok(cold.candidates.length >= 2, JSON.stringify(cold.skipped));
  const [best, second] = cold.candidates as [Candidate, Candidate];
  assert.notEqual(best.rule, second.rule);
  await judge(best, 'behaviour_differs', '/srv/first');
  await judge(second, 'certified', '/srv/first');
  const warm = await run(source('visitors', 'guests'), '/srv/second', memory.address);
  assert.equal(rulesOf(warm)[0], second.rule);
  assert.match(warm.candidates[0]?.explanation ?? '', /On similar code it was proved once/);
  assert.ok((warm.memory?.experiences.length ?? 0) >= 2);
  assert.match(warm.memory?.note ?? '', /The memory knew \d+ similar cases/);
});

test('an idea that fell on this very code is not tried again, until the code or the runtime changes', async () => {
  const again = await run(source('orders', 'paid'), '/srv/first', memory.address);
  const cold = await run(source('orders', 'paid'), '/srv/first', null);
  const [gone] = again.memory?.not_tried_again ?? [];
  assert.equal(gone?.rule, cold.candidates[0]?.rule);
  assert.ok(!again.candidates.some(({ id }) => id === cold.candidates[0]?.id));
  assert.match(
    again.skipped[0]?.reason ?? '',
    /^not tried again: behaviour differs \(The results differ for an empty list\), 2026-01-02; code and runtime are the same$/,
  );
  const otherRuntime = await run(source('orders', 'paid'), '/srv/first', memory.address, 'v26.0.0');
  assert.deepEqual(otherRuntime.memory?.not_tried_again, []);
  const changed = await run(
    source('orders', 'paid').replace('const found', 'if (!paid) return [];\n  const found'),
    '/srv/first',
    memory.address,
  );
  assert.deepEqual(changed.memory?.not_tried_again, []);
  const layout = await run(source('orders', 'paid').replace('const found', '// notes\n  const found'), '/srv/first', memory.address);
  assert.equal(layout.memory?.not_tried_again.length, 1);
});

test('without a memory, and with one that does not answer, the same candidates come and a sentence says so', async () => {
  const absent = await run(source('a', 'b'), '/srv/third', null);
  const down = await run(source('a', 'b'), '/srv/third', `unix:${join(dir, 'sockets', 'nobody.sock')}`);
  assert.equal(absent.memory?.state, 'absent');
  assert.equal(down.memory?.state, 'down');
  assert.match(down.memory?.note ?? '', /does not answer, work goes on without it/);
  assert.deepEqual(rulesOf(down), rulesOf(absent));
  assert.ok(down.candidates.length >= 2);
});
