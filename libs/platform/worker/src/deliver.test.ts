import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodeOptimaError, type ErrorCode } from '@codeoptima/contracts';
import { deliver } from './deliver.ts';

/** A planner that answers with these errors in turn, and then takes the verdict. */
const answering = (...codes: ErrorCode[]) => {
  const left = [...codes];
  return async (): Promise<void> => {
    const code = left.shift();
    if (code !== undefined) throw new CodeOptimaError(code, `${code}.`);
  };
};

test('a verdict is brought through whatever passes, a full disk of the planner included', async () => {
  const retried: ErrorCode[] = [];
  const delivery = await deliver(answering('unavailable', 'disk_full', 'internal'), new AbortController().signal, ({ code }) =>
    retried.push(code),
  );
  assert.deepEqual([delivery, retried], [{ outcome: 'accepted' }, ['unavailable', 'disk_full', 'internal']]);
});

test('a verdict that is stale or refused for good is not sent again', async () => {
  const { signal } = new AbortController();
  assert.equal((await deliver(answering('stale_epoch'), signal, assert.fail)).outcome, 'stale');
  assert.equal((await deliver(answering('bad_input'), signal, assert.fail)).outcome, 'refused');
});
