import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { MeasuredWorkload } from '@codeoptima/measurement';

const ROOT = resolve(import.meta.dirname, '../..');

/** Real code with a function that can be called any number of times in an operation. */
export interface Subject {
  name: string;
  /** Lays the sources out in a new folder. */
  sources: (dir: string) => Promise<void>;
  /** Module and name of the function, relative to the folder. */
  module: string;
  symbol: string;
  /** Source of the workload. */
  setup: string;
}

const PRICE_LIST = `const list = (from) => ['SKU,Name,Category,Tags,Price,Stock', ...Array.from({ length: 6 }, (_, k) => {
    const i = from * 6 + k;
    return \`P\${i},"The oak chair \${i}, boxed",home,oak|chair|New,€ \${((500 + ((i * 7919) % 20000)) / 100).toFixed(2)},\${i % 30}\`;
  })].join('\\n');
  const parts = Array.from({ length: 40 }, (_, i) => list(i));`;

const DOCUMENTS = `const parts = Array.from({ length: 12 }, (_, i) => \`name: part-\${i}\\nitems:\\n  - { id: \${i}, tags: [a, b, 'c d'] }\\n  - id: \${i + 1}\\n    text: |\\n      line one\\n      line two\\n\`);`;

const setupOver = (prepare: string): string =>
  `export default ({ repeat, once }) => {\n  ${prepare}\n  return { fn: () => repeat(parts), check: () => parts.map((part) => once(part)) };\n};\n`;

/** Calls an operation makes when nothing is taken out: enough for steps of half a percent. */
export const CALLS = 200;

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'price list of the example',
    sources: async (dir) => cp(join(ROOT, 'examples/storefront/src'), join(dir, 'src'), { recursive: true }),
    module: './src/csv.ts',
    symbol: 'importProducts',
    setup: setupOver(PRICE_LIST),
  },
  {
    name: 'the yaml package',
    sources: async (dir) => {
      await cp(join(ROOT, 'node_modules/yaml/dist'), join(dir, 'yaml'), { recursive: true });
      await writeFile(join(dir, 'yaml/package.json'), '{"type":"commonjs"}');
    },
    module: './yaml/index.js',
    symbol: 'parse',
    setup: setupOver(DOCUMENTS),
  },
];

export const workloadOf = (subject: Subject): MeasuredWorkload => ({
  id: 'bench',
  name: subject.name,
  source: 'user',
  text: subject.setup,
  path: null,
  entry: null,
});

/**
 * A tree of the subject whose operation makes `calls` calls. One loop, one place of the call, results dropped: taking out a share of
 * the calls takes out that share of the time, which repeating calls in a second place would not (caches, inlining, kept results).
 */
export async function layOutTree(dir: string, subject: Subject, calls: number): Promise<string> {
  await mkdir(dir, { recursive: true });
  await subject.sources(dir);
  await writeFile(join(dir, 'package.json'), '{"name":"subject","type":"module","exports":"./index.js"}');
  await writeFile(
    join(dir, 'index.js'),
    `import { ${subject.symbol} as once } from '${subject.module}';
export { once };
export function repeat(parts) {
  let last;
  for (let i = 0; i < ${calls}; i++) last = once(parts[i % parts.length]);
  return last === undefined;
}
`,
  );
  return dir;
}

const REMARK = `${Array.from({ length: 40 }, (_, i) => `// A remark that moves every function of this file, line ${i + 1} of 40.`).join('\n')}\n`;

/** Comments and blank lines only: the program is the same, its positions are not. */
export async function reformat(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.[cm]?[jt]s$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, 'utf8');
    if (!text.startsWith('#!')) await writeFile(path, `${REMARK}${text.replaceAll(/^(\}|\};)$/gm, '$1\n')}`);
  }
}

/** Runs `action` with a folder that is removed afterwards. */
export async function inScratch<T>(action: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'codeoptima-bench-'));
  try {
    return await action(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
