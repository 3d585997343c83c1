import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parseCpuList, parseCpuTimes } from './affinity.ts';
import { resolveEntry } from './entry.ts';

function resolved(manifest: object | string, files: string[], package_dir = '', entry: string | null = null): string {
  const root = mkdtempSync(join(tmpdir(), 'codeoptima-entry-'));
  try {
    for (const file of files) {
      mkdirSync(dirname(join(root, package_dir, file)), { recursive: true });
      writeFileSync(join(root, package_dir, file), '');
    }
    mkdirSync(join(root, package_dir), { recursive: true });
    writeFileSync(join(root, package_dir, 'package.json'), typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
    return resolveEntry(root, package_dir, entry);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('follows the conditions of an import in the order of the package', () => {
  const conditions = { types: './t.d.ts', browser: './b.js', require: './r.cjs', import: { types: './t.d.ts', default: './m.mjs' } };
  assert.equal(resolved({ exports: { '.': conditions, './sub': './s.js' } }, ['b.js', 'r.cjs', 'm.mjs']), 'm.mjs');
  assert.equal(resolved({ exports: { require: './r.cjs' } }, ['r.cjs']), 'r.cjs');
  assert.equal(resolved({ exports: './e.js', main: './m.js' }, ['e.js', 'm.js']), 'e.js');
  assert.equal(resolved({ exports: { '.': ['./a.js'] } }, ['a.js']), 'a.js');
});

test('knows the ways in which main may be written', () => {
  assert.equal(resolved({ main: 'lib' }, ['lib/index.js']), 'lib/index.js');
  assert.equal(resolved({ main: './lib/a' }, ['lib/a.js']), 'lib/a.js');
  assert.equal(resolved({}, ['index.js']), 'index.js');
});

test('falls back to the sources when nothing was built, inside the chosen package', () => {
  assert.equal(resolved({ exports: './dist/index.js' }, ['src/index.ts']), 'src/index.ts');
  assert.equal(resolved({ main: 'dist/x.js' }, ['src/index.ts'], 'packages/a'), 'packages/a/src/index.ts');
});

test('says what is missing', () => {
  assert.throws(() => resolved({ main: 'dist/x.js' }, ['other.js']), {
    code: 'bad_input',
    message: /dist\/x\.js \(missing: is it built\?\)/,
  });
  assert.throws(() => resolved('{', []), { code: 'bad_input', message: /not valid JSON/ });
  assert.throws(() => resolved({}, ['index.js'], '', 'no.js'), { code: 'bad_input', message: /no\.js/ });
});

test('reads the core lists and times of the kernel', () => {
  assert.deepEqual(parseCpuList('0-2,5\n'), [0, 1, 2, 5]);
  assert.deepEqual(parseCpuList(''), []);
  const times = parseCpuTimes('cpu  9 9 9 9\ncpu0 10 0 5 80 5 0 0 1 0 0\ncpu1 1 0 1 98 0 0 0 0 0 0\nintr 5');
  assert.deepEqual(times.get(0), { busy: 16, total: 101, steal: 1 });
  assert.equal(times.size, 2);
});
