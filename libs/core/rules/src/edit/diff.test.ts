import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { seededRandom } from '../testing/generators.ts';
import { countChangedLines, unifiedDiff } from './diff.ts';

const dir = mkdtempSync(join(tmpdir(), 'codeoptima-diff-'));
after(() => rmSync(dir, { recursive: true, force: true }));

function applied(file: string, before: string, patch: string): string {
  mkdirSync(join(dir, 'über x'), { recursive: true });
  writeFileSync(join(dir, file), before);
  execFileSync('git', ['apply', '-p1', '-'], { cwd: dir, input: patch, env: { ...process.env, GIT_CEILING_DIRECTORIES: dir } });
  return readFileSync(join(dir, file), 'utf8');
}

test('equal texts have no difference', () => assert.equal(unifiedDiff('a', 'x\n', 'x\n'), ''));

test('git applies what is written', () => {
  const cases: [string, string][] = [
    ['a\nb\nc\n', 'a\nB\nc\n'],
    ['a\nb', 'a\nb\n'],
    ['a\nb\n', 'a\nb'],
    ['a\r\nb\r\n', 'a\r\nc\r\nb\r\n'],
    ['x\n', 'new\nx\n'],
    ['é\n', 'é\nü\n'],
  ];
  for (const [before, fresh] of cases) assert.equal(applied('über x/a b.js', before, unifiedDiff('über x/a b.js', before, fresh)), fresh);
});

const SEED = 7;
test(`git applies differences of random texts (seed ${SEED})`, () => {
  const random = seededRandom(SEED);
  for (let round = 0; round < 40; round++) {
    const lines = Array.from({ length: 1 + Math.floor(random() * 40) }, () => `line ${Math.floor(random() * 8)}`);
    const changed = lines.flatMap((line) => (random() < 0.15 ? [] : random() < 0.15 ? [line, 'added'] : [line]));
    const end = random() < 0.5 ? '\n' : '';
    const [before, fresh] = [`${lines.join('\n')}${end}`, `${changed.join('\n')}${changed.length > 0 ? '\n' : ''}`];
    if (before === fresh || fresh === '') continue;
    assert.equal(applied('r.txt', before, unifiedDiff('r.txt', before, fresh)), fresh, `round ${round}`);
    assert.ok(countChangedLines(before, fresh) > 0);
  }
});
