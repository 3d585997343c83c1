import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffHtml, parseDiff } from './diff.ts';

const PATCH = `diff --git a/a.ts b/a.ts
--- a/a.ts
+++ b/a.ts
@@ -3,3 +3,4 @@ function f() {
 keep
--- not a header
+++ not a header either
+more
 end
\\ No newline at end of file
`;

test('lines are numbered on both sides, and a removed line that looks like a header stays a line', () => {
  assert.deepEqual(
    parseDiff(PATCH).map(({ path, lines }) => [path, lines.map(({ kind, before, after, text }) => [kind, before, after, text])]),
    [
      [
        'a.ts',
        [
          ['hunk', '', '', 'function f() {'],
          ['context', 3, 3, 'keep'],
          ['removed', 4, '', '-- not a header'],
          ['added', '', 4, '++ not a header either'],
          ['added', '', 5, 'more'],
          ['context', 5, 6, 'end'],
        ],
      ],
    ],
  );
});

test('the rewritten words of a line are marked', () => {
  const page = diffHtml('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-if (list.includes(a)) go();\n+if (listSet.has(a)) go();\n').toString();
  const marked = [...page.matchAll(/<mark>(.*?)<\/mark>/gu)].map(([, inner]) => (inner ?? '').replaceAll(/<[^>]+>/gu, ''));
  assert.deepEqual(marked, ['list.includes', 'listSet.has']);
});

test('highlighting changes no character', () => {
  const line = 'const a = `x${1}` + "y\\"z" /* c */ - 0x1f; // end <&>';
  const page = diffHtml(`--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+${line}\n`).toString();
  const text = /<code>(.*)<\/code>/u.exec(page)?.[1] ?? '';
  const shown = text
    .replaceAll(/<\/?i[^>]*>/gu, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
  assert.equal(shown, line);
});
