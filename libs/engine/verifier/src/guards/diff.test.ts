import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDiff, splitDiff } from './index.ts';

const hunk = '@@ -1 +1 @@\n-a\n+b\n';
const paths = (text: string): (string | null)[] => parseDiff(text).map((file) => file.new_path);

test('a plain diff of several files names each of them', () => {
  const text = `--- a/test/x.js\n+++ b/test/x.js\n${hunk}--- a/src/y.js\n+++ b/src/y.js\n${hunk}`;
  assert.deepEqual(paths(text), ['test/x.js', 'src/y.js']);
});

test('a file cannot hide behind the header of another', () => {
  const text = `diff --git a/test/x.js b/test/x.js\n--- a/test/x.js\n+++ b/test/x.js\n${hunk}--- a/src/y.js\n+++ b/src/y.js\n${hunk}`;
  assert.deepEqual(paths(text), ['test/x.js', 'src/y.js']);
  assert.deepEqual(
    splitDiff(text).map(({ text: part }) => part.split('\n')[1]),
    ['--- a/test/x.js', '+++ b/src/y.js'],
  );
  assert.equal(
    splitDiff(text)
      .map(({ text: part }) => part)
      .join(''),
    text,
  );
});

test('the first part of a path is left out, whatever it is called', () => {
  assert.deepEqual(paths(`--- z/src/y.js\n+++ z/src/y.js\n${hunk}`), ['src/y.js']);
});

test('names in quotes are read as git reads them', () => {
  assert.deepEqual(
    paths(
      `diff --git "a/te\\163t/\\303\\274.js" "b/te\\163t/\\303\\274.js"\n--- "a/te\\163t/\\303\\274.js"\n+++ "b/te\\163t/\\303\\274.js"\n${hunk}`,
    ),
    ['test/ü.js'],
  );
  assert.deepEqual(
    parseDiff('diff --git "a/\\164est/x" "b/\\164est/x"\ndeleted file mode 100644\n').map((file) => file.old_path),
    ['test/x'],
  );
});

test('a removed line that looks like a header is a line', () => {
  const text = 'diff --git a/x.sql b/x.sql\n--- a/x.sql\n+++ b/x.sql\n@@ -1,2 +1 @@\n--- a/test/y.js\n-second\n+++ b/test/y.js\n';
  assert.deepEqual(paths(text), ['x.sql']);
});
