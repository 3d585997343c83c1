import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { scriptArguments } from '../script-arguments.ts';
import { REFERENCE_PAGES } from './pages.ts';

const HELP = `usage: sh scripts/in-node.sh scripts/reference/write.ts

Writes the reference pages of docs/ from the schemas, the rules and the commands; a test fails when they have parted.`;

scriptArguments({ name: 'reference', help: HELP });
const root = join(import.meta.dirname, '../..');
for (const { path, text } of REFERENCE_PAGES) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text());
}
