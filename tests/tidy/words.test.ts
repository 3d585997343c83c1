import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTest, sources, trackedPaths } from './tree.ts';

const code = sources(['.ts', '.tsx', '.mjs', '.cc', '.h', '.sh', '.py']).filter((file) => !file.path.startsWith('tests/tidy/'));

const nothing = /$^/g;

/** Lines of our code that match; with `quoted`, what stands in string literals does not count. */
function find(pattern: RegExp, skip: (path: string) => boolean, quoted: RegExp = nothing): string[] {
  return code
    .filter((file) => !skip(file.path))
    .flatMap((file) =>
      file.text
        .split('\n')
        .flatMap((line, index) =>
          pattern.test(line.replace(quoted, '""')) ? [`${file.path}:${index + 1} ${line.trim().slice(0, 100)}`] : [],
        ),
    );
}

test('no folder or file is called utils, common, helpers or manager', () => {
  const wrong = trackedPaths().filter(
    (path) => /(^|\/)(utils?|common|helpers?|manager)(\/|\.[a-z]+$)/.test(path) && !/(^|\/)(fixtures|examples)\//.test(path),
  );
  assert.deepEqual(wrong, []);
});

test('clock, random source and environment stay in their homes', () => {
  const home =
    /(^|\/)(env|main|clock|ids)\.(ts|mjs)$|^libs\/platform\/(service-kit|embedded|worker)\/|^libs\/testkit\/|^(bench|scripts|tests)\/|^libs\/clients\/cli\/|^libs\/engine\/(measurement|behaviour|sandbox|toolchains)\/|\.(mjs|cc|h|py|sh)$/;
  const wrong = find(
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.env\b/,
    (path) => isTest(path) || home.test(path),
    /'[^']*'/g,
  );
  assert.deepEqual(
    wrong.filter((line) => !/^\S+ (\*|\/\/)/.test(line)),
    [],
  );
});

test('nothing reads as unfinished', () => {
  assert.deepEqual(
    find(/\b(TODO|FIXME|XXX)\b/, (path) => path.includes('/catalogue/')),
    [],
  );
});

test('every skipped test says why', () => {
  const wrong = find(/\b(it|test|describe)\.(only|todo)\(|\bskip: *true\b/, () => false);
  assert.deepEqual(wrong, []);
});

test('no path of one machine and no registry host', () => {
  const wrong = find(/\/(home|Users)\/[a-z]+\/|registry\.npmjs|proxy\.golang|pypi\.org|crates\.io/, (path) => isTest(path));
  assert.deepEqual(wrong, []);
});
