import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isIgnored } from './ignored.ts';

test('ignore takes patterns, folders and files', () => {
  for (const pattern of ['src/legacy/**', 'src/legacy', './src/legacy/', 'src/*/a.js', '**/a.js', 'src/legacy/a.js'])
    assert.ok(isIgnored('src/legacy/a.js', [pattern]), pattern);
  for (const pattern of ['src/legacy2', 'legacy', 'src/legacy/b.js', 'a.js']) assert.ok(!isIgnored('src/legacy/a.js', [pattern]), pattern);
  assert.ok(!isIgnored('src/legacy/a.js', []));
});
