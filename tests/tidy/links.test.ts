import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { ROOT, trackedPaths } from './tree.ts';

const LINK = /\]\(([^)\s]+)\)/g;

test('every relative link in a page leads to a file', () => {
  const pages = trackedPaths().filter((path) => path.endsWith('.md') && existsSync(join(ROOT, path)));
  const dead = pages.flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(LINK)]
      .map((match) => (match[1] as string).replace(/#.*$/, ''))
      .filter((target) => target !== '' && !/^[a-z]+:/.test(target) && !existsSync(join(ROOT, normalize(join(dirname(page), target)))))
      .map((target) => `${page}: ${target}`),
  );
  assert.deepEqual(dead, []);
});
