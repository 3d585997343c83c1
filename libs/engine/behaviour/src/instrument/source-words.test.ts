import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { instrumentationOf } from './manifest.ts';
import { sourceWords } from './source-words.ts';

const seed = 1;

function wordsOf(base: string, candidate: string, symbol: string): ReturnType<typeof sourceWords> {
  const dirs = [base, candidate].map((text) => {
    const dir = mkdtempSync(join(tmpdir(), 'codeoptima-words-'));
    writeFileSync(join(dir, 'lib.js'), text);
    return dir;
  });
  try {
    return sourceWords(dirs, instrumentationOf(dirs[0] as string, ['lib.js'], [{ file: 'lib.js', symbol }]).manifest, seed);
  } finally {
    for (const dir of dirs) rmSync(dir, { recursive: true });
  }
}

test('texts, patterns and numbers of the changed functions and their constants are words', () => {
  const base = `const MARK = '--';
    export function read(text) { return text.split(/\\x1b\\[[0-?]+[@-~]/).filter((part) => part !== MARK && part.length < 64); }
    export function other() { return 'elsewhere'; }`;
  const { texts, numbers } = wordsOf(base, base, 'read');
  assert.ok(texts.includes('--') && texts.includes('\x1b') && texts.includes('['), JSON.stringify(texts));
  assert.ok(
    texts.some((text) => /^\x1b\[[0-?]+[@-~]$/.test(text)),
    `seed ${seed}: no text the pattern matches: ${JSON.stringify(texts)}`,
  );
  assert.ok(!texts.includes('elsewhere'));
  assert.deepEqual(
    [63, 64, 65].filter((number) => !numbers.includes(number)),
    [],
  );
});

test('a number is a character where characters are read as numbers', () => {
  const { texts } = wordsOf('export function f(t) { return t[0]; }', 'export function f(t) { return t.charCodeAt(0) === 35; }', 'f');
  assert.ok(texts.includes('#') && texts.includes('"') && texts.includes('$'));
});

test('what only one side speaks of comes first', () => {
  const { texts } = wordsOf(
    `export function f(t) { return t.split('+').join('%'); }`,
    `export function f(t) { return t.split('%'); }`,
    'f',
  );
  assert.deepEqual(texts, ['+', '%']);
});

test('a pattern that no generator can read still gives its characters', () => {
  const source = 'export function f(t) { return t.replace(/(?<=;)\\r\\n/g, ""); }';
  const { texts } = wordsOf(source, source, 'f');
  assert.deepEqual(
    [';', '\r', '\n'].filter((text) => !texts.includes(text)),
    [],
  );
});
