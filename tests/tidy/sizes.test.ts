import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFunctions } from './functions.ts';
import { isTest, sources } from './tree.ts';

const FILE_LINES_MAX = 500;
const FILE_LINES_MEDIAN = 90;
const FUNCTION_LINES_MAX = 70;

const written = sources(['.ts', '.tsx', '.mjs', '.cc', '.h']);

test(`no file is longer than ${FILE_LINES_MAX} lines`, () => {
  assert.deepEqual(
    written.filter((file) => file.lines > FILE_LINES_MAX).map((file) => `${file.path}: ${file.lines}`),
    [],
  );
});

test(`the median source file is below ${FILE_LINES_MEDIAN} lines`, () => {
  const lengths = written
    .filter((file) => !isTest(file.path) && /^(libs|services)\//.test(file.path) && file.path.endsWith('.ts'))
    .map((file) => file.lines)
    .sort((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0;
  assert.ok(median < FILE_LINES_MEDIAN, `median is ${median} lines`);
});

test(`no function is longer than ${FUNCTION_LINES_MAX} lines`, () => {
  const long = written
    .filter((file) => !isTest(file.path) && /\.(ts|tsx|mjs)$/.test(file.path))
    .flatMap((file) =>
      parseFunctions(file)
        .filter((found) => found.lines > FUNCTION_LINES_MAX)
        .map((found) => `${file.path}:${found.line} ${found.name}: ${found.lines}`),
    );
  assert.deepEqual(long, []);
});
