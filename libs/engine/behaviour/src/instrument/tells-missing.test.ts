import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { instrumentationOf } from './manifest.ts';
import { tellsMissing } from './tells-missing.ts';

function tells(body: string): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'codeoptima-missing-'));
  try {
    writeFileSync(join(dir, 'lib.js'), `export function f(a, b) { ${body} }\nexport const g = (o) => 'x' in o;\n`);
    return tellsMissing(dir, instrumentationOf(dir, ['lib.js'], [{ file: 'lib.js', symbol: 'f' }]).manifest);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test('asking whether a property is there tells it from one without a value', () => {
  for (const body of [
    'return a in b',
    'return Object.hasOwn(b, a)',
    'return b.hasOwnProperty(a)',
    'return Object.prototype.hasOwnProperty.call(b, a)',
    'return Reflect.has(b, a)',
    'for (const key in a) if (Object.hasOwn(b, key)) return 1',
  ])
    assert.equal(tells(body), true, body);
});

test('asking a loop over keys what is own does not, nor asking a Set', () => {
  for (const body of [
    'for (const key in b) if (b.hasOwnProperty(key)) return 1',
    'for (const key in b) if (Object.hasOwn(b, key)) return 1',
    'return b.has(a)',
  ])
    assert.equal(tells(body), false, body);
});
