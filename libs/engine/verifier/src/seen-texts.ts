import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { roleOf } from '@codeoptima/config';

const TEXTS = '**/*.{js,mjs,cjs,ts,mts,cts,jsx,tsx,json}';
const TEXTS_BYTES_MAX = 16 * 1024 * 1024;

/** Texts in which a proposer could have read inputs and answers: tests and benchmarks of the tree, up to 16 MiB together. */
export async function readSeenTexts(dir: string): Promise<string[]> {
  const texts: string[] = [];
  let bytes = 0;
  for await (const path of glob(TEXTS, { cwd: dir, exclude: (name) => name === 'node_modules' || name === '.git' })) {
    if (roleOf(path, ['test', 'benchmark', 'fixture']) === null) continue;
    const text = await readFile(join(dir, path), 'utf8').catch(() => '');
    bytes += text.length;
    if (bytes > TEXTS_BYTES_MAX) break;
    texts.push(text);
  }
  return texts;
}
