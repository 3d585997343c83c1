import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { REFERENCE_PAGES } from './pages.ts';

for (const { path, text } of REFERENCE_PAGES) {
  test(`${path} is what its code says (else: npm run generate)`, () => {
    assert.equal(readFileSync(join(import.meta.dirname, '../..', path), 'utf8'), text());
  });
}
