import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepsFor } from './steps.ts';

function shown(is_tty: boolean): { text: () => string; at: (ms: number) => void; steps: ReturnType<typeof stepsFor> } {
  let text = '';
  let now = 0;
  const env = { can_redraw: is_tty } as Parameters<typeof stepsFor>[0]['env'];
  const steps = stepsFor({ err: (more) => void (text += more), is_tty, columns: () => 30, env, now: () => now });
  return { text: () => text, at: (ms) => void (now = ms), steps };
}

test('a log gets every step, and what runs now at most every ten seconds', () => {
  const { text, at, steps } = shown(false);
  steps.step('tests run 1 of 2');
  for (let ms = 0; ms <= 25_000; ms += 5) {
    at(ms);
    steps.detail(`ok ${ms}`);
  }
  steps.step('looking for benchmarks');
  steps.end();
  assert.equal(text(), '  tests run 1 of 2\n    ok 10000\n    ok 20000\n  looking for benchmarks\n');
});

test('a terminal shows what runs now in one line that the next one replaces', () => {
  const { text, at, steps } = shown(true);
  steps.step('tests run 1 of 2');
  at(100);
  steps.detail('ok 1');
  at(150);
  steps.detail('ok 2');
  at(200);
  steps.detail(`a long ${'line '.repeat(20)}\u001b[31m`);
  steps.end();
  const lines = text().split('\r\u001b[2K');
  assert.deepEqual(lines.slice(0, 1).concat(lines.slice(2)), ['  tests run 1 of 2\n    ok 1', '']);
  assert.ok(lines[1] !== undefined && lines[1].length <= 29 && !lines[1].includes('\u001b'), JSON.stringify(lines[1]));
});
