import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { HotspotsPayload } from '@codeoptima/contracts';
import { packTree } from '@codeoptima/toolchains';
import type { TaskContext } from '@codeoptima/worker';
import { hotspots } from './handler.ts';

const BASELINE = {
  outcome: 'ready',
  reason: '',
  base_commit: '0'.repeat(40),
  base_branch: null,
  notes: [],
  prepared: `sha256:${'1'.repeat(64)}`,
  tests: null,
  log: null,
  toolchain: {
    language: 'node',
    package_manager: { name: 'npm', version: null },
    runtime_version: process.version,
    package_dir: '',
    package_name: 'lib',
    module_format: 'esm',
    typescript: false,
    build_script: null,
    typecheck_command: null,
    framework: 'node-test',
    test_command: 'node --test',
  },
};

/** A context with an object store in memory; only what the handler uses. */
function context(payload: HotspotsPayload, archive: string, workdir: string, stored: string[]): TaskContext<'hotspots'> {
  const partial = {
    run_id: 'r',
    payload,
    workdir,
    signal: new AbortController().signal,
    progress: () => undefined,
    bounded: <R>(work: () => Promise<R>) => work(),
    addUsage: ({ ci_ms = 0 }: { ci_ms?: number }) => assert.ok(ci_ms > 0),
    artifacts: {
      getToFile: async (_ref: string, path: string) => {
        const { copyFile } = await import('node:fs/promises');
        await copyFile(archive, path);
      },
      put: (text: string) => Promise.resolve(`sha256:${String(stored.push(text)).padStart(64, '0')}`),
    },
  };
  return partial as unknown as TaskContext<'hotspots'>;
}

test('unpacks a prepared tree, runs its own tests for coverage and stores workload and profile', { timeout: 240_000 }, async () => {
  const root = mkdtempSync(join(tmpdir(), 'codeoptima-handler-'));
  try {
    const [tree, work] = [join(root, 'tree'), join(root, 'work')];
    mkdirSync(tree);
    mkdirSync(work);
    writeFileSync(join(tree, 'package.json'), '{"name":"lib","type":"module","exports":"./index.js"}');
    writeFileSync(join(tree, 'index.js'), 'export function sum(n) { let s = 0; for (let i = 0; i < n; i++) s += i % 5; return s; }\n');
    writeFileSync(
      join(tree, 'sum.test.js'),
      "import { test } from 'node:test';\nimport { sum } from './index.js';\ntest('sums', () => { if (sum(2) !== 1) throw new Error(); });\n",
    );
    const archive = join(root, 'prepared.tar.zst');
    await packTree(tree, archive);
    const text = 'export default ({ sum }) => ({ fn: () => sum(5000), check: () => sum(9) });';
    const payload = HotspotsPayload.parse({ run_id: 'r', baseline: BASELINE, config: { workload: [{ file: '/elsewhere/w.mjs', text }] } });
    const stored: string[] = [];
    const result = await hotspots(() => performance.now())(context(payload, archive, work, stored));
    assert.deepEqual([result.hotspots[0]?.symbol, result.hotspots[0]?.reached_by_tests], ['sum', true], JSON.stringify(result));
    assert.equal(result.workloads[0]?.name, 'w');
    assert.ok(stored.includes(text));
    assert.ok(result.profile !== null);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test('a baseline without a prepared tree is bad input', async () => {
  const payload = HotspotsPayload.parse({ run_id: 'r', baseline: { ...BASELINE, prepared: null }, config: {} });
  await assert.rejects(hotspots(() => 0)(context(payload, '', '', [])), { code: 'bad_input' });
});
