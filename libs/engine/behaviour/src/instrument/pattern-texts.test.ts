import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textsOfPattern } from './pattern-texts.ts';

const seed = 7;

test('a class of everything outside ASCII has texts, and an end', () => {
  for (const pattern of [String.raw`[^\x20-\x7E]`, String.raw`^[^\0-\x7F]+$`, String.raw`x[^\x00-\x7F]{2}`]) {
    const texts = textsOfPattern(pattern, 'g', seed).filter((text) => new RegExp(pattern).test(text));
    assert.notDeepEqual(texts, [], `seed ${seed}: ${pattern} has no text`);
  }
});

test('patterns that nothing matches, and patterns that throw most away, end all the same', () => {
  for (const pattern of [
    String.raw`[^\0-\uFFFF]`,
    '(?!a)a',
    'a(?=b)',
    '(?:[^a-z]{50}){50}',
    String.raw`(a)\1`,
    '[^]{0,9}',
    '[^-a]',
    String.raw`[^\]]]`,
  ])
    assert.ok(Array.isArray(textsOfPattern(pattern, '', seed)), pattern);
});

test('the same seed gives the same texts', () => {
  const pattern = String.raw`<[a-z]+\s*[^>"]{1,4}>`;
  assert.deepEqual(textsOfPattern(pattern, 'i', seed), textsOfPattern(pattern, 'i', seed));
});
