import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTap, TapParser } from './tap.ts';
import { tapeOutcomes, tapOutcomes } from './tap-outcomes.ts';

const NESTED = `TAP version 14
# Subtest: file.js
    # Subtest: outer
        ok 1 - inner \\# one # time=1.5ms
        not ok 2 - inner two
          ---
          message: 'expected'
          duration_ms: 7.25
          ...
        1..2
    not ok 1 - outer # time=3ms
    1..1
not ok 1 - file.js # time=12s {
}
ok 2 - later # SKIP no network
ok 3 # todo
1..3
`;

test('subtests get the names of their parents', () => {
  const points = parseTap(NESTED);
  assert.deepEqual(
    points.map(({ path, ok, directive }) => [path.join(' > '), ok, directive]),
    [
      ['file.js > outer > inner # one', true, null],
      ['file.js > outer > inner two', false, null],
      ['file.js > outer', false, null],
      ['file.js', false, null],
      ['later', true, 'skip'],
      ['', true, 'todo'],
    ],
  );
  assert.equal(points[0]?.duration_ms, 1.5);
  assert.equal(points[1]?.duration_ms, 7.25);
  assert.match(points[1]?.diagnostics ?? '', /expected/);
  assert.equal(points[3]?.duration_ms, 12_000);
});

test('any cut into chunks gives the same points', () => {
  const whole = parseTap(NESTED);
  for (let size = 1; size < 40; size += 3) {
    const parser = new TapParser();
    for (let at = 0; at < NESTED.length; at += size) parser.add(NESTED.slice(at, at + size));
    assert.deepEqual(parser.end(), whole, `chunks of ${size}`);
  }
});

test('what a test prints is no result', () => {
  const points = parseTap('okay then\nnot okay\nsome ok 1 text\nok 1 - real\nBail out! gone\n');
  assert.deepEqual(
    points.map(({ path }) => path),
    [['real']],
  );
});

test('a subtest whose parent never came is kept', () => {
  assert.deepEqual(
    tapOutcomes('    ok 1 - a\n    not ok 2 - b\n').map(({ id, status }) => [id, status]),
    [
      ['a', 'passed'],
      ['b', 'failed'],
    ],
  );
});

test('tape: assertions make one test by the comment before them', () => {
  const outcomes = tapeOutcomes(
    'TAP version 13\n# first\nok 1 a\nnot ok 2 b\n  ---\n    operator: equal\n  ...\nok 3 c\n# ok\nok 4 d\n# SKIP third\n\n1..4\n# tests 4\n# pass  3\n# fail  1\n',
  );
  assert.deepEqual(
    outcomes.map(({ id, status }) => [id, status]),
    [
      ['first', 'failed'],
      ['ok', 'passed'],
    ],
  );
  assert.match(outcomes[0]?.message ?? '', /operator: equal/);
});
