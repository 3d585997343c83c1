import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { noteHolder, notedHolder, sweepHolders } from './holders.ts';
import { identify, isSameProcess } from './process.ts';

const data_dir = mkdtempSync(join(tmpdir(), 'holders-'));
after(() => rmSync(data_dir, { recursive: true, force: true }));

test('a note tells of a process after its end, and goes when it holds nothing any more', async () => {
  assert.equal(notedHolder(data_dir, 'inc-1'), null, 'nobody has noted anything yet');
  const child = spawn('sleep', ['600']);
  await once(child, 'spawn');
  noteHolder(data_dir, 'inc-1', child.pid);
  noteHolder(data_dir, 'inc-2');
  assert.deepEqual(notedHolder(data_dir, 'inc-1'), identify(child.pid ?? 0));
  child.kill('SIGKILL');
  await once(child, 'close');
  const noted = notedHolder(data_dir, 'inc-1');
  assert.ok(noted !== null && !isSameProcess(noted));
  sweepHolders(data_dir, new Set(['inc-1']));
  assert.notEqual(notedHolder(data_dir, 'inc-1'), null, 'it may hold something');
  writeFileSync(join(data_dir, 'holders', 'something else'), '');
  sweepHolders(data_dir, new Set());
  assert.equal(notedHolder(data_dir, 'inc-1'), null);
  assert.deepEqual(notedHolder(data_dir, 'inc-2'), identify(process.pid), 'the living keep theirs');
  assert.equal(readdirSync(join(data_dir, 'holders')).length, 2, 'strange files are left alone');
});
