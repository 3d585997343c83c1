import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { KeptRows } from './kept-rows.ts';

test('an experiment goes on where it was broken off, also in the middle of a line', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kept-rows-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'rows.jsonl');
  const open = (): KeptRows<{ seed: number }> => new KeptRows(path, (row) => String(row.seed));

  const first = open();
  first.keep({ seed: 1 });
  first.keep({ seed: 2 });
  appendFileSync(path, '{"seed":3');

  const second = open();
  assert.deepEqual(second.rows, [{ seed: 1 }, { seed: 2 }]);
  assert.equal(second.has('2'), true);
  assert.equal(second.has('3'), false);
  second.keep({ seed: 3 });
  assert.deepEqual(open().rows, [{ seed: 1 }, { seed: 2 }, { seed: 3 }]);
  assert.equal(readFileSync(path, 'utf8').endsWith('{"seed":3}\n'), true);
});
