import { CodeOptimaError } from '@codeoptima/contracts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotOf } from './snapshot.ts';
import { loadWorkflow } from './load-workflow.ts';
import { Drive } from './testing/drive.ts';
import { baselineFailed, baselineReady, candidate, hotspotsFound, judged, proposed, reviewed } from './testing/samples.ts';

const table = loadWorkflow('optimize');
const started = (config: Record<string, unknown> = {}, mean: number | null = null): Drive => new Drive(table).begin(config, mean);
const searching = (config: Record<string, unknown> = {}, mean: number | null = null): Drive =>
  started(config, mean).done(baselineReady).done(hotspotsFound);

test('a proven change is reviewed, signed and ends as succeeded', () => {
  const drive = searching().done(proposed('c1', 'c2')).done(judged('certified'));
  assert.equal(drive.state.state, 'proposing', 'the next iteration proposes on the new head');
  drive.done(proposed()).done(reviewed('codeoptima/merge'));
  assert.equal(drive.state.state, 'awaiting_signoff');
  assert.equal(drive.state.terminal, false);
  drive.signal('approve', { merge: false });
  assert.deepEqual([drive.state.state, drive.state.terminal], ['succeeded', true]);
  const snapshot = snapshotOf(table, drive.state);
  assert.equal(snapshot.accepted.length, 1);
  assert.equal(snapshot.iteration, 2);
  const end = drive.log.at(-1);
  assert.equal(end?.type === 'RunEnded' && end.cost.ci_minutes > 0 && end.evidence !== null, true);
});

test('what the memory said reaches the next proposal, the review and the clients, each sentence once', () => {
  const memory = { state: 'down', note: 'The memory does not answer.', experiences: [], not_tried_again: [] };
  const lost = { state: 'down', note: 'Not every verdict could be remembered.' };
  const drive = searching().done({ ...proposed('c1', 'c2'), memory });
  drive.done({ ...judged('not_proven'), memory: lost }).done({ ...judged('certified'), memory: lost });
  assert.deepEqual(drive.state.variables['memory'], memory);
  drive.done(proposed());
  assert.deepEqual(drive.state.variables['memory'], memory, 'a proposal that says nothing takes nothing away');
  assert.deepEqual(snapshotOf(table, drive.state).memory_notes, [memory.note, lost.note]);
});

test('approval with merge runs the merge; a base that cannot move still ends as succeeded and says so', () => {
  const drive = searching().done(proposed('c1')).done(judged('certified')).done(proposed()).done(reviewed('codeoptima/merge'));
  drive.signal('approve', { merge: true }).done({ merged: false, reason: 'main has moved on' });
  assert.equal(drive.state.state, 'succeeded');
  assert.match(drive.state.reason, /main has moved on/);
});

test('what a person has signed stays signed: a merge hears no cancel, and one that is killed again and again does not undo it', () => {
  const drive = searching().done(proposed('c1')).done(judged('certified')).done(proposed()).done(reviewed('codeoptima/merge'));
  drive.signal('approve', { merge: true });
  assert.throws(() => drive.signal('cancel'), /is in state merging, in which it cannot be told 'cancel'/);
  drive.expire().expire().expire();
  assert.equal(drive.state.state, 'succeeded');
  assert.match(drive.state.reason, /^approved, but nobody knows whether the base branch was moved/);
});

test('a person may reject, and nobody signing in 7 days rejects', () => {
  const waiting = (): Drive => searching().done(proposed('c1')).done(judged('certified')).done(proposed()).done(reviewed('codeoptima/m'));
  assert.deepEqual(
    [waiting().signal('reject', {}, 'too risky').state.state, waiting().fire('signoff').state.state],
    ['rejected', 'rejected'],
  );
  assert.match(waiting().fire('signoff').state.reason, /not signed in time/);
  assert.equal((waiting().state.timers['signoff']?.due_at_ms ?? 0) - waiting().now_ms, 7 * 86_400_000);
});

test('a failed baseline ends as baseline_failed, by result or by error', () => {
  assert.equal(started().done(baselineFailed).state.state, 'baseline_failed');
  for (const code of ['install_failed', 'build_failed', 'baseline_failed', 'deadline_exceeded']) {
    assert.equal(started().fail(code, false).state.state, 'baseline_failed', code);
  }
  assert.equal(started().fail('sandbox_missing', false).state.state, 'failed');
});

test('a workload that cannot run on the base is a matter of the repository, not ours', () => {
  const profiling = (): Drive => started().done(baselineReady);
  assert.equal(profiling().fail('bad_input', false).state.state, 'baseline_failed');
  assert.equal(profiling().fail('internal', false).state.state, 'failed');
});

test('a retryable failure is repeated up to the attempts of the task, then the run fails', () => {
  const drive = started().fail('internal', true);
  assert.deepEqual([drive.state.state, drive.state.item?.failures, drive.log.at(-1)?.type], ['baseline', 1, 'TaskRequeued']);
  assert.equal(drive.fail('internal', true).state.state, 'failed');
});

test('a result that breaks its contract counts as a failed attempt', () => {
  const drive = started().done({ outcome: 'ready' });
  assert.equal(drive.state.item?.failures, 1);
  assert.match(drive.done({ outcome: 'ready' }).state.reason, /does not fit its contract/);
});

test('three patches in a row under target end the search; another verdict neither counts nor resets', () => {
  const drive = searching().done(proposed('c1', 'c2', 'c3', 'c4', 'c5'));
  drive.done(judged('not_proven')).done(judged('tests_regressed')).done(judged('not_proven'));
  assert.equal(drive.state.state, 'verifying');
  drive.done(judged('not_proven'));
  assert.equal(drive.state.state, 'reviewing');
  drive.done(reviewed(null));
  assert.equal(drive.state.state, 'no_gain');
  assert.match(drive.state.reason, /3 patches in a row/);
});

test('what was accepted is signed off although the search ended by misses', () => {
  const drive = searching()
    .done(proposed('c1'))
    .done(judged('certified'))
    .done(proposed('d1', 'd2', 'd3'));
  drive.done(judged('not_proven')).done(judged('not_proven')).done(judged('not_proven')).done(reviewed('codeoptima/m'));
  assert.equal(drive.state.state, 'awaiting_signoff');
});

test('no hot spot and nothing to propose end as no_gain, with a report', () => {
  const cold = started()
    .done(baselineReady)
    .done({ ...hotspotsFound, hotspots: [] });
  assert.equal(cold.state.item?.task, 'review');
  assert.equal(cold.done(reviewed(null)).state.state, 'no_gain');
  assert.equal(searching().done(proposed()).done(reviewed(null)).state.state, 'no_gain');
});

test('the limit of iterations ends the search; with nothing accepted as iterations_exhausted', () => {
  const drive = searching({ limits: { max_iterations: 2 } });
  drive.done(proposed('c1')).done(judged('tests_regressed')).done(proposed('c2')).done(judged('refused'));
  assert.equal(drive.state.state, 'reviewing');
  assert.equal(drive.done(reviewed(null)).state.state, 'iterations_exhausted');
});

test('at most the configured number of patches is tried, whatever was proposed', () => {
  const drive = searching({ limits: { patches_per_iteration: 2 } }).done(proposed('c1', 'c2', 'c3'));
  assert.equal((drive.state.variables['candidates'] as unknown[]).length, 1);
});

test('the wall clock ends a run, and sends what is proved to review first', () => {
  assert.equal(started().fire('wall_clock').state.state, 'timed_out');
  const empty = searching().fire('wall_clock');
  assert.equal(empty.state.item?.task, 'review');
  assert.equal(empty.done(reviewed(null)).state.state, 'timed_out');
  const some = searching().done(proposed('c1')).done(judged('certified')).fire('wall_clock').done(reviewed('codeoptima/m'));
  assert.equal(some.state.state, 'awaiting_signoff');
  assert.match(some.state.reason, /wall clock of 120 minutes/);
  assert.equal(some.state.deadline_ms, some.now_ms + 7_200_000);
});

test('the wall clock does not run while a run is queued', () => {
  const drive = new Drive(table);
  drive.send({
    type: 'submit',
    run_id: 'run-1',
    request: { repository: '/r', ref: null, config: searching().state.request.config },
    traceparent: '',
  });
  assert.deepEqual([drive.state.state, drive.state.deadline_ms], ['queued', null]);
});

test('money and CI minutes end a run as budget_exhausted; a budget of 0 USD does not', () => {
  const money = searching({ budget: { run_usd: 1 } }).done(proposed('c1'), { usd: 1.2, ci_minutes: 0 });
  assert.equal(money.done(reviewed(null)).state.state, 'budget_exhausted');
  const minutes = started({ budget: { run_ci_minutes: 3 } }).done(baselineReady, { usd: 0, ci_minutes: 4 });
  assert.match(minutes.state.reason, /3 CI minutes/);
  assert.equal(minutes.done(reviewed(null)).state.state, 'budget_exhausted');
  assert.equal(searching({ budget: { run_usd: 0 } }).done(proposed('c1')).state.state, 'verifying');
  assert.equal(searching().fail('budget_exhausted', false).done(reviewed(null)).state.state, 'budget_exhausted');
});

test('an attempt that is cut off is charged for its CI minutes, once, and for no more than its limit', () => {
  const expire = (drive: Drive, held_ms: number): Drive => {
    const { item_id, epoch } = drive.state.item ?? { item_id: 'none', epoch: 0 };
    drive.send({ type: 'expire', item_id, epoch: epoch + 1, verdict: 'stale', reason: 'silent', held_ms });
    return drive;
  };
  const minutes = ({ state }: Drive): number => state.cost.ci_minutes;
  const drive = expire(expire(started(), 90_000), 30_000);
  assert.deepEqual([minutes(drive), drive.state.state], [2, 'baseline']);
  assert.deepEqual([minutes(expire(drive, 60_000)), drive.state.state], [3, 'killed'], 'not again when it is dropped');
  assert.equal(minutes(expire(started(), 1e9)), (started().state.item?.limit_ms ?? 0) / 60_000, 'the rest of 12 days was an outage');

  const cancelled = started();
  cancelled.send({ type: 'signal', name: 'cancel', actor: 'ada', reason: 'enough', data: {}, held_ms: 120_000 });
  const end = cancelled.log.at(-1);
  assert.deepEqual(end?.type === 'RunEnded' && end.cost, { usd: 0, ci_minutes: 2 });
  const timed_out = searching().done(proposed('c1'));
  const before = minutes(timed_out);
  timed_out.send({ type: 'fire_timer', name: 'wall_clock', generation: 1, held_ms: 240_000 });
  assert.deepEqual([timed_out.state.state, minutes(timed_out) - before], ['reviewing', 4]);
  const reviewing = minutes(timed_out);
  assert.equal(minutes(expire(timed_out, 60_000)), reviewing, 'a review builds and measures nothing');
});

test('what a lost attempt used may end a run: it is not begun again on credit', () => {
  const config = { budget: { run_ci_minutes: 3 } };
  const drive = searching(config).done(proposed('c1'));
  const { item_id } = drive.state.item ?? { item_id: 'none' };
  drive.send({ type: 'expire', item_id, epoch: 1, verdict: 'stale', reason: 'silent', held_ms: 120_000 });
  assert.equal(drive.state.state, 'reviewing');
  assert.equal(drive.done(reviewed(null)).state.state, 'budget_exhausted');
});

test('a rolling mean gain under 1 % ends a search that has found nothing itself', () => {
  const low = searching({}, 0.4).done(proposed('c1'));
  assert.equal(low.state.state, 'verifying', 'one iteration is always tried');
  assert.match(low.done(judged('refused')).state.reason, /mean gain of the last 7 days is 0.4 %/);
  for (const mean of [null, 1, 12]) assert.equal(searching({}, mean).done(proposed('c1')).done(judged('refused')).state.state, 'proposing');
});

test('the same answer to the same question three times is stuck', () => {
  const drive = searching({ limits: { max_iterations: 20 } });
  // A proposer that ignores `tried` and a verifier that refuses: nothing changes from round to round.
  while (!drive.state.terminal && drive.log.length < 400)
    drive.done(drive.state.item?.task === 'propose' ? proposed('c1') : judged('refused'));
  assert.equal(drive.state.state, 'stuck');
});

test('an item that is expired three times kills the run, a lower number puts it back', () => {
  const drive = started().expire().expire();
  assert.deepEqual([drive.state.state, drive.state.item?.expiries], ['baseline', 2]);
  assert.equal(drive.expire().state.state, 'killed');
});

test('a search that is killed or stuck does not lose what was proved, but its review can be killed', () => {
  const proved = (): Drive =>
    searching({ limits: { max_iterations: 20 } })
      .done(proposed('c1'))
      .done(judged('certified'));
  const killed = proved().expire().expire().expire();
  assert.equal(killed.state.state, 'reviewing');
  assert.equal(killed.expire().expire().expire().state.state, 'killed');
  const stuck = proved();
  while (stuck.state.state !== 'reviewing' && stuck.log.length < 400)
    stuck.done(stuck.state.item?.task === 'propose' ? proposed('c2') : judged('refused'));
  assert.match(stuck.done(reviewed('codeoptima/m')).state.reason, /1 proved.*the search is stuck/);
});

test('cancel is heard while the run is at work and drops the open item', () => {
  const drive = searching().signal('cancel', {}, 'Ctrl-C');
  assert.deepEqual([drive.state.state, drive.state.reason, drive.state.item], ['cancelled', 'Ctrl-C', null]);
  assert.equal(
    drive.log.some((event) => event.type === 'TaskDropped'),
    true,
  );
  assert.throws(
    () => drive.signal('cancel'),
    (error: unknown) => error instanceof CodeOptimaError && error.code === 'conflict',
  );
});

test('a signal the state does not hear, and an item that is not open, are refused', () => {
  const drive = searching();
  assert.throws(() => drive.signal('approve'), /is in state proposing/);
  const stale = { type: 'complete', item_id: 'item-1', epoch: 1, result: baselineReady, usage: { usd: 0, ci_minutes: 0 } } as const;
  assert.throws(
    () => drive.send(stale),
    (error: unknown) => error instanceof CodeOptimaError && error.code === 'stale_epoch',
  );
});

test('a timer of an older generation changes nothing', () => {
  const drive = searching();
  assert.deepEqual(drive.send({ type: 'fire_timer', name: 'wall_clock', generation: 0 }), []);
});

test('a proposer that fails for good does not lose what was proved', () => {
  const drive = searching().done(proposed('c1')).done(judged('certified')).fail('internal', false);
  assert.equal(drive.state.state, 'reviewing');
  assert.equal(searching().fail('internal', false).state.state, 'failed');
});

const rejections = (drive: Drive): string[][] =>
  snapshotOf(table, drive.state).rejected.map(({ candidate: { id }, result: { verdict, reason } }) => [id, verdict, reason]);

test('a verification that does not end in time costs its candidate, not the run', () => {
  const drive = searching({ limits: { max_iterations: 1 } })
    .done(proposed('c1', 'c2', 'c3'))
    .fail('deadline_exceeded', false);
  assert.deepEqual([drive.state.state, (drive.state.variables['candidate'] as { id: string }).id], ['verifying', 'c2']);
  assert.deepEqual(drive.state.variables['tried'], ['c1'], 'it is not proposed again');
  assert.deepEqual(rejections(drive), [
    ['c1', 'cannot_certify_here', 'Its verification did not end within its limit of 90 minutes: deadline_exceeded happened'],
  ]);
  drive.done(judged('not_proven')).fail('deadline_exceeded', false).done(reviewed(null));
  assert.equal(drive.state.state, 'iterations_exhausted');
  const proved = searching().done(proposed('c1', 'c2')).fail('deadline_exceeded', false).done(judged('certified')).done(proposed());
  assert.equal(proved.done(reviewed('codeoptima/m')).state.state, 'awaiting_signoff');
});

test('a verification whose attempts run out, or whose workers are lost again and again, costs its candidate, not the run', () => {
  const drive = searching()
    .done(proposed('c1', 'c2', 'c3'))
    .fail('internal', true)
    .fail('internal', true);
  assert.equal(drive.state.state, 'verifying');
  drive.expire().expire();
  assert.equal(drive.state.item?.expiries, 2);
  drive.expire();
  assert.deepEqual(rejections(drive), [
    ['c1', 'cannot_certify_here', 'Its verification failed: internal happened'],
    ['c2', 'cannot_certify_here', 'Its verification was killed 3 times: no beat for 60 s'],
  ]);
  assert.equal(drive.done(judged('refused')).state.state, 'proposing');
});

test('three candidates in a row without a verdict are our fault and end the search, with a report that names them', () => {
  const lost = (): Drive =>
    searching()
      .done(proposed('c1', 'c2', 'c3', 'c4'))
      .fail('internal', false)
      .expire()
      .expire()
      .expire();
  const failed = lost().fail('internal', false);
  assert.deepEqual([failed.state.state, rejections(failed).length], ['reviewing', 3]);
  failed.done(reviewed(null));
  assert.deepEqual([failed.state.state, failed.state.terminal], ['failed', true]);
  assert.match(failed.state.reason, /3 candidates in a row got no verdict.*internal happened/);
  const killed = lost().expire().expire().expire();
  assert.equal(killed.done(reviewed(null)).state.state, 'killed');
  assert.match(killed.state.reason, /3 candidates in a row got no verdict.*was killed 3 times.*no beat/);
  const judged_between = lost().done(judged('refused')).fail('internal', false);
  assert.equal(judged_between.state.state, 'proposing', 'a verdict shows that the machine can judge');
  const overrun = searching().done(proposed('c1', 'c2', 'c3', 'c4'));
  for (const _ of 'ccc') overrun.fail('deadline_exceeded', false);
  assert.equal(overrun.state.state, 'verifying', 'what takes too long says nothing about the machine; the wall clock bounds it');
});

test('a verifier that cannot work on this machine fails the run at once, and does not lose what was proved', () => {
  for (const code of ['sandbox_missing', 'disk_full', 'unavailable'])
    assert.equal(searching().done(proposed('c1', 'c2')).fail(code, false).state.state, 'failed', code);
  const proved = searching().done(proposed('c1')).done(judged('certified')).done(proposed('c2')).fail('sandbox_missing', false);
  assert.equal(proved.done(reviewed('codeoptima/m')).state.state, 'awaiting_signoff');
});

test('text that a database cannot hold is replaced before the decision', () => {
  const drive = searching().done({ candidates: [{ ...candidate('c1'), explanation: 'nul \0 and \ud800 alone' }], skipped: [] });
  assert.match(JSON.stringify(drive.log.findLast((event) => event.type === 'TaskCompleted')), /nul \uFFFD and \uFFFD alone/);
});
