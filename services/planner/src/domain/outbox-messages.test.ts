import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadWorkflow } from '@codeoptima/workflow';
import { baselineReady, Drive, hotspotsFound } from '@codeoptima/workflow/testing';
import { factJson, outboxMessages } from './outbox-messages.ts';

const drive = (): Drive => new Drive(loadWorkflow('optimize')).begin();
const urgent = (run: Drive, events: number): string[] =>
  outboxMessages(1, run.log.slice(-events), run.state.item).flatMap((message) =>
    message.kind === 'event' ? [] : [`${message.kind} ${message.item_id} ${message.epoch ?? '-'}`],
  );

test('wake-ups and cancels go before the facts', () => {
  const run = drive();
  assert.deepEqual(urgent(run, run.log.length), ['wake_up item-1 0']);
  const kinds = outboxMessages(1, run.log, run.state.item).map(({ kind }) => kind);
  assert.deepEqual(kinds, ['wake_up', ...run.log.map(() => 'event')]);
});

test('an expired item cancels its old holder and wakes a new one under the new epoch', () => {
  const run = drive().expire();
  assert.deepEqual(urgent(run, 2), ['cancel item-1 1', 'wake_up item-1 2']);
});

test('a retry after a pause is waked when the pause is over, a cancelled item cancels its holder', () => {
  assert.deepEqual(urgent(drive().fail('internal', true), 3), []);
  const run = drive().done(baselineReady).signal('cancel');
  assert.deepEqual(urgent(run, 5), ['cancel item-2 -']);
});

test('facts carry their version; a huge one goes without its data', () => {
  const run = drive().done(baselineReady).done(hotspotsFound);
  const event = run.log.find(({ type }) => type === 'TaskCompleted');
  assert.ok(event?.type === 'TaskCompleted');
  assert.equal((JSON.parse(factJson('r', 7, event)) as { version: number }).version, 7);
  const huge = factJson('r', 7, { ...event, result: 'ä'.repeat(300_000) });
  assert.deepEqual(JSON.parse(huge), { run_id: 'r', version: 7, type: 'TaskCompleted', at_ms: event.at_ms, truncated: true });
});
