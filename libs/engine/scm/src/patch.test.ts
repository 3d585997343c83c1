import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { applyPatch, pathsOfPatch } from './patch.ts';

const header = (path: string): string => `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n`;
const HUNK = '@@ -1,2 +1,2 @@\n const a = 1;\n-const b = 2;\n+const b = 3;\n';
const withCrlf = (text: string): string => text.replaceAll('\n', '\r\n');

const wrong: [string, string, RegExp][] = [
  [
    'has another text',
    `${header('a.js')}@@ -1 +1 @@\n-const c = 1;\n+const c = 2;\n`,
    /a\.js has another text around line 1 than the patch expects\.$/,
  ],
  ['lies past the end', `${header('a.js')}@@ -90 +90 @@\n-const c = 1;\n+const c = 2;\n`, /a\.js has another text around line 90/],
  ['changes a file that is not there', header('lib/none.js') + HUNK, /there is no lib\/none\.js to change\.$/],
  [
    'makes a file that is there',
    'diff --git a/a.js b/a.js\nnew file mode 100644\n--- /dev/null\n+++ b/a.js\n@@ -0,0 +1 @@\n+x\n',
    /a\.js is there already/,
  ],
  ['says nothing about a file', header('a.js'), /says nothing about its content/],
  ['is cut off', `${header('a.js')}${HUNK}`.slice(0, -16), /cut off or damaged at line/],
  ['names no files by a and b', `--- a.js\n+++ a.js\n${HUNK}`, /line 1 names no file as a\/PATH or b\/PATH/],
  ['has CR LF where the file has none', withCrlf(header('a.js') + HUNK), /one of the two ends its lines with CR LF/],
  ['has no CR LF where the file has them', header('crlf.js') + HUNK, /one of the two ends its lines with CR LF/],
  [
    'names a binary file alone',
    'diff --git a/x.bin b/x.bin\nnew file mode 100644\nindex 0000000..1\nBinary files /dev/null and b/x.bin differ\n',
    /x\.bin is binary/,
  ],
];
for (const [what, patch, words] of wrong)
  test(`says in one sentence that a patch ${what}, and changes nothing`, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'patch-'));
    try {
      await writeFile(join(dir, 'a.js'), 'const a = 1;\nconst b = 2;\n');
      await writeFile(join(dir, 'crlf.js'), withCrlf('const a = 1;\nconst b = 2;\n'));
      const apply = async (): Promise<void> => {
        await pathsOfPatch(dir, patch);
        await applyPatch(dir, patch, { any_change: true });
      };
      await assert.rejects(apply, (error: Error) => {
        assert.match(error.message, words);
        return !error.message.includes('\n');
      });
      assert.equal(await readFile(join(dir, 'a.js'), 'utf8'), 'const a = 1;\nconst b = 2;\n');
    } finally {
      await rm(dir, { recursive: true });
    }
  });

test('a patch with the line ends of its file fits', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'patch-'));
  try {
    await writeFile(join(dir, 'crlf.js'), withCrlf('const a = 1;\nconst b = 2;\n'));
    await applyPatch(dir, header('crlf.js') + HUNK.replace(/;\n/g, ';\r\n'));
    assert.equal(await readFile(join(dir, 'crlf.js'), 'utf8'), withCrlf('const a = 1;\nconst b = 3;\n'));
  } finally {
    await rm(dir, { recursive: true });
  }
});
