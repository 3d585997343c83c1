import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BaselineResult } from '@codeoptima/contracts';
import { packTree } from '@codeoptima/toolchains';
import type { TaskContext } from '@codeoptima/worker';
import { layOut } from './lay-out.ts';

const TOOLCHAIN = { build_script: null } as unknown as NonNullable<BaselineResult['toolchain']>;
const HUNK = '@@ -1 +1 @@\n-export const a = 1;\n+export const a = 2;\n';

/** Lays out a tree with `index.js` and a candidate whose artifact is `patch`. */
async function layOutPatch(patch: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lay-out-'));
  try {
    const [tree, workdir, archive] = ['tree', 'work', 'tree.tar.zst'].map((name) => join(folder, name)) as [string, string, string];
    await mkdir(tree);
    await mkdir(workdir);
    await writeFile(join(tree, 'index.js'), 'export const a = 1;\n');
    await packTree(tree, archive);
    const artifacts = {
      get: () => Promise.resolve(Buffer.from(patch)),
      getToFile: (_ref: string, file: string) => copyFile(archive, file),
    };
    const payload = { config: { limits: { test_minutes: 1 }, unsafe_no_sandbox: false }, accepted: [], candidate: { patch: 'sha256:x' } };
    const context = { payload, artifacts, workdir, signal: AbortSignal.timeout(60_000) } as unknown as TaskContext<'verify'>;
    const { candidate_dir } = await layOut(context, 'sha256:tree', TOOLCHAIN);
    return await readFile(join(candidate_dir, 'index.js'), 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('lays a candidate beside its base', async () => {
  assert.equal(await layOutPatch(`--- a/index.js\n+++ b/index.js\n${HUNK}`), 'export const a = 2;\n');
});

const hostile: [string, string, RegExp][] = [
  ['is empty', '\n', /The patch is empty/],
  ['is no diff', 'make it faster\n', /no file header/],
  ['reaches out', `--- a/../index.js\n+++ b/../index.js\n${HUNK}`, /\.\.\/index\.js, which lies outside the repository/],
  ['is absolute', `--- a//etc/x\n+++ b//etc/x\n${HUNK}`, /\/etc\/x, which lies outside the repository/],
  [
    'hides a file from the guards',
    `diff --git a/index.js b/index.js\n--- a/index.js\n+++ b/index.js\nrename from index.js\nrename to other.js\n${HUNK}`,
    /./,
  ],
  [
    'makes a link',
    'diff --git a/x.js b/x.js\nnew file mode 120000\n--- /dev/null\n+++ b/x.js\n@@ -0,0 +1 @@\n+/etc\n',
    /does more than edit files/,
  ],
  ['changes a mode', 'diff --git a/index.js b/index.js\nold mode 100644\nnew mode 100755\n', /does more than edit files/],
  ['does not fit', `--- a/index.js\n+++ b/index.js\n${HUNK.replace('a = 1', 'b = 1')}`, /index\.js has another text/],
];
for (const [what, patch, words] of hostile)
  test(`takes no candidate whose patch ${what}`, async () => {
    await assert.rejects(layOutPatch(patch), (error: Error & { code?: string }) => {
      assert.match(error.message, words);
      return error.code === 'bad_input' || error.code === 'conflict';
    });
  });
