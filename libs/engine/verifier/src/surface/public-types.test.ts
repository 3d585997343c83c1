import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { comparePublicTypes, type PublicTypes } from './public-types.ts';

type Files = Readonly<Record<string, string>>;

async function lay(dir: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

async function judge(base: Files, changes: Files, prepare?: (dir: string) => Promise<void>): Promise<PublicTypes> {
  const workdir = await mkdtemp(join(tmpdir(), 'public-types-'));
  try {
    const [base_dir, candidate_dir] = [join(workdir, 'base'), join(workdir, 'cand')];
    for (const dir of [base_dir, candidate_dir]) {
      await lay(dir, base);
      await prepare?.(dir);
    }
    await lay(candidate_dir, changes);
    const signal = AbortSignal.timeout(5 * 60_000);
    return await comparePublicTypes({
      base_dir,
      candidate_dir,
      package_dir: '',
      changed_files: Object.keys(changes),
      workdir,
      unsafe_no_sandbox: false,
      signal,
    });
  } finally {
    await rm(workdir, { recursive: true, force: true });
  }
}

const SHIPPED: Files = {
  'package.json': JSON.stringify({
    name: 'a',
    types: './index.d.ts',
    exports: { '.': { import: './index.mjs', require: './index.cjs' }, './sub': './lib/sub.js' },
  }),
  'index.mjs': 'export const f = (a) => a;\n',
  'index.d.ts': "export { g } from './lib/deep.js';\nexport declare function f(a: string): string;\n",
  'index.d.mts': 'export declare function f(a: string): string;\n',
  'lib/deep.d.ts': 'export declare function g(a: number): number;\n',
  'lib/sub.d.ts': '/// <reference path="./ambient.d.ts" />\nexport declare const sub: Sub;\n',
  'lib/ambient.d.ts': 'interface Sub { a: 1 }\n',
  'lib/unused.d.ts': 'export type Nobody = 1;\n',
};

for (const [what, path, text] of [
  ['the types of the entry', 'index.d.ts', "export { g } from './lib/deep.js';\nexport declare function f(a: string | null): string;\n"],
  ['the types for another way of importing', 'index.d.mts', 'export declare function f(a: string, b?: number): string;\n'],
  ['types behind an import', 'lib/deep.d.ts', 'export declare function g(a: number): string;\n'],
  ['types behind a reference', 'lib/ambient.d.ts', 'interface Sub { a: 1; b: 2 }\n'],
] as const)
  test(`notices a change of ${what}`, async () => {
    const { differences } = await judge(SHIPPED, { [path]: text });
    assert.equal(differences.length, 1, differences.join());
    assert.ok(differences[0]?.startsWith(path), differences[0]);
  });

test('notices a manifest that offers other names or other types', async () => {
  const narrowed = await judge(SHIPPED, { 'package.json': JSON.stringify({ name: 'a', exports: { '.': './index.mjs' } }) });
  assert.match(narrowed.differences.join(), /the entry \.\/sub is gone/);
  assert.match(narrowed.differences.join(), /lib\/sub\.d\.ts: the declarations are gone/);
});

test('a file nobody can import is no public type, and nothing is emitted for JavaScript', async () => {
  const found = await judge(SHIPPED, { 'lib/unused.d.ts': 'export type Nobody = 2;\n', 'index.mjs': 'export const f = (b) => b;\n' });
  assert.deepEqual(found.differences, []);
  assert.equal(found.compared, '5 shipped declaration files');
});

test('does not read through a link that leaves the tree', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'public-types-outside-'));
  try {
    await writeFile(join(outside, 'secret.d.ts'), 'export declare const secret: "word";\n');
    const files = { 'package.json': JSON.stringify({ name: 'a', types: './link.d.ts' }) };
    const found = await judge(files, {}, (dir) => symlink(join(outside, 'secret.d.ts'), join(dir, 'link.d.ts')));
    assert.deepEqual([found.compared, found.differences], [null, []]);
    assert.deepEqual(found.not_covered, ['types of the entry .: link.d.ts is not there']);
  } finally {
    await rm(outside, { recursive: true, force: true });
  }
});

const TYPED: Files = {
  'package.json': JSON.stringify({
    name: 'a',
    type: 'module',
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  }),
  'tsconfig.json':
    '{ // with a comment\n "compilerOptions": { "strict": true, "module": "nodenext", "target": "es2022", "outDir": "dist", "rootDir": "src", "noEmit": true }, "include": ["src"] }\n',
  'src/index.ts': "export { total } from './total.js';\n",
  'src/total.ts':
    "import { first } from './inner.js';\nexport const total = (items: number[]) => ({ sum: items.reduce((a, b) => a + b, 0), first: first(items) });\n",
  'src/inner.ts': 'export const first = (items: number[]) => items.at(0);\nexport const unused = () => 1;\n',
};
const body = (text: string): Files => ({ 'src/total.ts': text });

test('compares what the compiler infers, which no annotation says', async () => {
  const changed = await judge(TYPED, {
    'src/inner.ts': 'export const first = (items: number[]) => items.at(0) ?? null;\nexport const unused = () => 1;\n',
  });
  assert.equal(changed.differences.length, 1, changed.differences.join());
  assert.match(
    changed.differences[0] ?? '',
    /^src\/total\.d\.ts: the declared type total changed from .*first: number \| undefined.* to .*first: number \| null/,
  );
});

test('an inner rewrite leaves the emitted types as they were', async () => {
  const found = await judge(TYPED, {
    ...body(
      "import { first } from './inner.js';\nexport const total = (list: number[]) => {\n  let sum = 0;\n  for (const item of list) sum += item;\n  return { sum, first: first(list) };\n};\n",
    ),
    'src/inner.ts': 'export const first = (items: number[]) => items.at(0);\nexport const unused = () => "another";\n',
  });
  assert.deepEqual(found.differences, []);
  assert.match(found.compared ?? '', /declarations that typescript .* writes for 1 entry file/);
  assert.deepEqual(found.not_covered, []);
});

test('a widened literal, a dropped readonly and a lost generic are noticed', async () => {
  const base = {
    ...TYPED,
    'src/index.ts':
      'export const NAMES = ["a", "b"] as const;\nexport const pick = <T>(items: readonly T[]) => items[0];\nexport const MODE = "fast";\n',
  };
  const { differences } = await judge(base, {
    'src/index.ts':
      'export const NAMES = ["a", "b"];\nexport const pick = (items: readonly unknown[]) => items[0];\nexport const MODE = String("fast");\n',
  });
  assert.deepEqual(
    differences.map((line) => /declared type (\w+)/.exec(line)?.[1]),
    ['NAMES', 'pick', 'MODE'],
  );
});

test('says what could not be emitted', async () => {
  const found = await judge(
    { ...TYPED, 'package.json': JSON.stringify({ name: 'a', exports: './dist/elsewhere.js' }) },
    body('export const total = 1;\n'),
  );
  assert.deepEqual([found.compared, found.not_covered], [null, ['types of the entry .: no TypeScript source of it was found']]);
  const broken = await judge(
    { ...TYPED, 'tsconfig.json': '{ "extends": "./nowhere.json", "compilerOptions": { "module": 7 } }' },
    body('export const total = 1;\n'),
  );
  assert.ok(broken.not_covered.length > 0 || broken.differences.length > 0, JSON.stringify(broken));
});
