import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { REFERENCE_PAGES } from './pages.ts';

const root = join(import.meta.dirname, '../..');
for (const { path, text } of REFERENCE_PAGES) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text());
}
