import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { instructionWitness } from './instructions.ts';

const missing = existsSync('/usr/bin/valgrind') ? false : 'valgrind is not installed';

// Skipped, with its reason shown, where there is no callgrind to count with.
test('instructions per operation follow the work that is done', { skip: missing, timeout: 240_000 }, async () => {
  const dirs = await Promise.all(
    [3000, 1000].map(async (n) => {
      const dir = await mkdtemp(join(tmpdir(), 'codeoptima-count-'));
      await writeFile(
        join(dir, 'index.mjs'),
        `export const work = () => { let s = 0; for (let i = 0; i < ${n}; i++) s = (s * 31 + i) % 1009; return s; };`,
      );
      await writeFile(join(dir, 'package.json'), '{"main":"index.mjs"}');
      return dir;
    }),
  );
  try {
    const text = 'export default (lib) => ({ fn: lib.work, check: 1 });';
    const witness = await instructionWitness({
      base_dir: dirs[0] as string,
      candidate_dir: dirs[1] as string,
      workload: { id: 'w', name: 'w', source: 'user', text, path: null, entry: null },
      package_dir: '',
      target_pct: 5,
      seed: 1,
      flags: [],
      iterations: 500,
      operation_ns: 20_000,
      limit_ms: 200_000,
    });
    assert.equal(witness.outcome, 'counted', witness.outcome === 'skipped' ? witness.reason : '');
    assert.ok(witness.outcome === 'counted' && witness.gain_pct > 50 && witness.gain_pct < 80, JSON.stringify(witness));
  } finally {
    for (const dir of dirs) await rm(dir, { recursive: true, force: true });
  }
});

test('is skipped with a reason when an operation is too long for it', async () => {
  const input = {
    base_dir: '/',
    candidate_dir: '/',
    workload: { id: 'w', name: 'w', source: 'user' as const, text: '', path: null, entry: null },
  };
  const witness = await instructionWitness({
    ...input,
    package_dir: '',
    target_pct: 5,
    seed: 1,
    flags: [],
    iterations: 1,
    operation_ns: 1e10,
  });
  assert.equal(witness.outcome, 'skipped');
});
