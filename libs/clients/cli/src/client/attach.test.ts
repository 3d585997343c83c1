import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunConfig } from '@codeoptima/config';
import type { Run } from '@codeoptima/contracts';
import { submitOrAttach } from './attach.ts';
import type { RunApi } from './run-api.ts';

const request = { repository: '/r', ref: 'a'.repeat(40), config: RunConfig.parse({}) };

const run = (runId: string, state: string, terminal: boolean): Run => ({ runId, state, terminal, snapshotJson: '' }) as Run;

/** A planner that lists nothing and answers each key with the run it started first. */
function forgetful(known: Run[]): { api: RunApi; keys: string[] } {
  const keys: string[] = [];
  const submit: RunApi['submit'] = async ({ idempotency_key }) => {
    if (!keys.includes(idempotency_key)) keys.push(idempotency_key);
    const place = keys.indexOf(idempotency_key);
    const first = known[place];
    return first ? { run: first, created: false } : { run: run(`new-${place}`, 'queued', false), created: true };
  };
  return { api: { list: async () => [], submit } as unknown as RunApi, keys };
}

test('runs that ended beyond the list, or wait for a person, do not answer for a new start', async () => {
  const { api, keys } = forgetful([run('old', 'no_gain', true), run('waits', 'awaiting_signoff', false)]);
  const { run: submitted, created } = await submitOrAttach(api, request);
  assert.deepEqual([submitted.runId, created, keys.length], ['new-2', true, 3]);
});

test('one at work beyond the list is taken up', async () => {
  const { api } = forgetful([run('old', 'no_gain', true), run('works', 'verifying', false)]);
  const { run: submitted, created } = await submitOrAttach(api, request);
  assert.deepEqual([submitted.runId, created], ['works', false]);
});
