import { CodeOptimaError } from '@codeoptima/contracts';
import { eventually, startPostgres, type TestPostgres } from '@codeoptima/testkit';
import { type Command, decide, effectsOf, evolve, fold, loadWorkflow, projectionOf, type RunState } from '@codeoptima/workflow';
import { baselineReady, request } from '@codeoptima/workflow/testing';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AppendOutcome, Decision } from './decision.ts';
import { openStore, type Store } from './store.ts';

const table = loadWorkflow('optimize');
let postgres: TestPostgres;
let store: Store;
let ids = 0;

before(async () => {
  postgres = await startPostgres();
  store = await openStore({ url: postgres.url });
});
after(async () => {
  await store.close();
  await postgres.stop();
});

const fresh = (): string => `run-${(ids += 1)}`;
const given = (): { now_ms: number; new_item_id: string } => ({ now_ms: Date.now(), new_item_id: `item-${(ids += 1)}` });

function decision(before: RunState | null, command: Command, more: Partial<Decision> = {}): Decision & { state: RunState } {
  const events = decide(table, before, command);
  const { state, effects } = effectsOf(table, before, events);
  const { run_id } = state;
  const common = { run_id, expected_version: before?.version ?? 0, events, effects, traceparent: '', messages: [] };
  return { ...common, run: projectionOf(table, state), ...more, state };
}

/** A run with an open baseline item. */
async function started(repository = '/srv/library', config = {}): Promise<RunState> {
  const wanted = { ...request(config), repository };
  const submit = decision(null, { type: 'submit', run_id: fresh(), request: wanted, traceparent: '', ...given() });
  assert.equal((await store.append(submit)).status, 'appended');
  const start = decision(submit.state, { type: 'start', facts: { rolling_mean_pct: null }, ...given() });
  assert.equal((await store.append(start)).status, 'appended');
  return start.state;
}

const completion = (state: RunState, epoch: number): Decision => {
  const item_id = state.item?.item_id ?? '';
  const usage = { usd: 0, ci_minutes: 1 };
  return decision(
    state,
    { type: 'complete', item_id, epoch, result: baselineReady, usage, ...given() },
    { fence: { item_id, epoch }, receipt: `complete:${item_id}:${epoch}` },
  );
};

test('what was appended is read back and folds to the projection', async () => {
  const state = await started();
  const item = await store.items.claim('builder', state.item?.item_id ?? '', 'incarnation-1');
  assert.equal(item?.epoch, 1);
  assert.equal(item.attempts, 1);
  assert.equal((JSON.parse(item.payload_json) as { run_id: string }).run_id, state.run_id);
  assert.equal((await store.append(completion(state, 1))).status, 'appended');
  const log = await store.events.read(state.run_id);
  assert.deepEqual(
    log.map(({ version }) => version),
    log.map((_, index) => index + 1),
  );
  const folded = fold(
    table,
    log.map(({ event }) => event),
  );
  const { created_at: _created, updated_at: _updated, ...row } = await store.runs.find(state.run_id);
  assert.deepEqual(row, projectionOf(table, folded));
  assert.equal(folded.state, 'hotspots');
});

test('of sixteen decisions on one version exactly one is appended', async () => {
  const state = await started();
  await store.items.claim('builder', state.item?.item_id ?? '', 'incarnation-1');
  const cancel = (): Decision => decision(state, { type: 'signal', name: 'cancel', actor: 'ada', reason: 'enough', data: {}, ...given() });
  const outcomes = await Promise.all(Array.from({ length: 16 }, () => store.append(cancel())));
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['appended', ...Array.from({ length: 15 }, () => 'conflict')]);
  const ends = (await store.events.read(state.run_id)).filter(({ event }) => event.type === 'RunEnded');
  assert.equal(ends.length, 1);
});

test('the same idempotency key starts one run, also when two ask at once', async () => {
  const key = `key-${fresh()}`;
  const submit = (): Decision =>
    decision(
      null,
      { type: 'submit', run_id: fresh(), request: request(), traceparent: '', ...given() },
      { idempotency: { key, request_hash: 'h' } },
    );
  const outcomes = await Promise.all([submit(), submit(), submit()].map((one) => store.append(one)));
  assert.equal(outcomes.filter(({ status }) => status === 'appended').length, 1);
  const known = outcomes.filter((outcome): outcome is Extract<AppendOutcome, { status: 'exists' }> => outcome.status === 'exists');
  assert.equal(new Set(known.map(({ run_id }) => run_id)).size, 1);
  assert.equal((await store.runs.find(known[0]?.run_id ?? '')).state, 'queued');
});

test('a stale epoch changes nothing, a repeated write is known as such', async () => {
  const state = await started();
  const item_id = state.item?.item_id ?? '';
  await store.items.claim('builder', item_id, 'incarnation-1');
  const expire = decision(
    state,
    { type: 'expire', item_id, epoch: 1, verdict: 'stale', reason: 'silent', ...given() },
    { fence: { item_id, epoch: 1 } },
  );
  assert.equal((await store.append(expire)).status, 'appended');
  assert.equal((await store.items.find(item_id))?.epoch, 2);
  const again = await store.items.claim('builder', item_id, 'incarnation-2');
  assert.equal(again?.epoch, 3);
  const zombie = { ...completion(state, 1), expected_version: expire.state.version };
  assert.equal((await store.append(zombie)).status, 'stale');
  const right = completion(expire.state, 3);
  assert.equal((await store.append(right)).status, 'appended');
  assert.equal((await store.append(right)).status, 'duplicate', 'its answer was lost and it came again');
  assert.equal((await store.events.read(state.run_id)).length, right.run.version);
});

test('one item is claimed by one of many', async () => {
  await started('/srv/contended');
  while ((await store.items.claim('builder', '', 'sweeper')) !== null);
  await started('/srv/contended');
  const claims = await Promise.all(Array.from({ length: 12 }, (_, n) => store.items.claim('builder', '', `incarnation-${n}`)));
  assert.equal(claims.filter((claim) => claim !== null).length, 1);
});

test('a released item is due at once and costs no attempt', async () => {
  const state = await started();
  const item_id = state.item?.item_id ?? '';
  await store.items.claim('builder', item_id, 'incarnation-1');
  assert.equal(await store.items.release(item_id, 1, 'release 1'), true);
  assert.equal(await store.items.release(item_id, 1, 'release 1'), false);
  assert.equal(await store.inbox.has('release 1'), true, 'it was done before');
  const again = await store.items.claim('builder', item_id, 'incarnation-2');
  assert.deepEqual([again?.epoch, again?.attempts], [2, 1]);
  assert.equal(await store.items.release(item_id, 1, 'release 1 late'), false);
  assert.equal(await store.inbox.has('release 1 late'), false);
  assert.equal(
    (await store.items.leases()).some((lease) => lease.item_id === item_id && lease.owner_incarnation === 'incarnation-2'),
    true,
  );
});

test('an unheard item is waked again, ever more seldom', async () => {
  const state = await started();
  const item_id = state.item?.item_id ?? '';
  const early = await store.items.takeUnheard(1_000);
  assert.equal(
    early.some((item) => item.item_id === item_id),
    false,
    'its first wake-up was sent with it',
  );
  await store.items.claim('builder', item_id, 'incarnation-1');
  await store.items.release(item_id, 1, `release:${item_id}`);
  assert.equal(
    (await store.items.takeUnheard(1_000)).some((item) => item.item_id === item_id),
    true,
  );
  assert.equal(
    (await store.items.takeUnheard(1_000)).some((item) => item.item_id === item_id),
    false,
  );
});

test('a timer is due by the clock of the database and goes with its run', async () => {
  const state = await started();
  const mine = async (): Promise<boolean> => (await store.timers.due(1_000)).some(({ run_id }) => run_id === state.run_id);
  assert.equal(await mine(), false);
  const cancel = decision(state, { type: 'signal', name: 'cancel', actor: 'ada', reason: 'enough', data: {}, ...given() });
  assert.deepEqual(cancel.effects.timers_cleared, ['wall_clock']);
  const soon = {
    ...cancel,
    effects: { ...cancel.effects, timers_cleared: [], timers_set: [{ name: 'soon', generation: 1, delay_ms: 0 }] },
  };
  await store.append(soon);
  assert.equal(await mine(), true);
  await store.timers.drop({ run_id: state.run_id, name: 'soon', generation: 1 });
  assert.equal(await mine(), false);
});

test('outbox rows are handed to one relay, and stay when publishing fails', async () => {
  const state = await started();
  const seen: number[] = [];
  const drainAll = async (): Promise<void> => {
    while (
      (await store.outbox.drain(50, async (rows) => rows.map(({ id, run_id }) => (run_id === state.run_id ? seen.push(id) : 0, id)))) > 0
    );
  };
  await assert.rejects(async () => {
    for (;;) if ((await store.outbox.drain(50, async () => Promise.reject(new Error('no bus')))) === -1) break;
  }, CodeOptimaError);
  const before = (await store.outbox.lag()).rows;
  assert.ok(before >= 2);
  await Promise.all([drainAll(), drainAll()]);
  while (seen.length < 2) await drainAll();
  assert.equal(new Set(seen).size, seen.length, 'no row twice');
  assert.equal((await store.outbox.lag()).rows, 0);
  await store.outbox.prune(0);
});

test('of sixteen messages with one receipt one is decided, and one that was refused leaves no receipt', async () => {
  const state = await started();
  const item_id = state.item?.item_id ?? '';
  const early = completion(state, 1);
  assert.equal((await store.append(early)).status, 'stale');
  assert.equal(await store.inbox.has(early.receipt ?? ''), false);
  await store.items.claim('builder', item_id, 'incarnation-1');
  const outcomes = await Promise.all(Array.from({ length: 16 }, () => store.append(early)));
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['appended', ...Array.from({ length: 15 }, () => 'duplicate')]);
});

/** A run that asks models, whose baseline was claimed. */
async function withMoney(repository: string): Promise<RunState> {
  const state = await started(repository, { model_tier: 'standard', budget: { repo_month_usd: 1 } });
  await store.items.claim('builder', state.item?.item_id ?? '', 'incarnation-1');
  return state;
}

test('thirty runs at once never set aside more than the month of their repository has', async () => {
  const repository = `/srv/${fresh()}`;
  const states = await Promise.all(Array.from({ length: 30 }, () => withMoney(repository)));
  const decisions = states.map((state) => completion(state, 1) as Decision & { state: RunState });
  const outcomes = await Promise.all(decisions.map((next) => store.append(next)));
  assert.equal(outcomes.filter(({ status }) => status === 'appended').length, 10, 'ten times the 0.10 USD of a search for hot spots');
  assert.equal(outcomes.filter(({ status }) => status === 'over_budget').length, 20);
  const { scope, ...month } = (await store.budgets.month(repository)) ?? assert.fail('no month');
  assert.match(scope, new RegExp(`^repo_month:${repository}:\\d{4}-\\d{2}$`));
  assert.deepEqual(month, { limit_usd: 1, reserved_usd: 1, spent_usd: 0 });
  const refused = states[outcomes.findIndex(({ status }) => status === 'over_budget')] ?? assert.fail();
  assert.equal((await store.runs.find(refused.run_id)).version, refused.version, 'a refused decision changes nothing');
});

test('what an item spent is charged, the rest is free again; what nobody reported counts as spent', async () => {
  const repository = `/srv/${fresh()}`;
  const money = async (): Promise<number[]> => {
    const month = await store.budgets.month(repository);
    return [month?.reserved_usd ?? 0, month?.spent_usd ?? 0];
  };
  const first = completion(await withMoney(repository), 1) as Decision & { state: RunState };
  assert.equal((await store.append(first)).status, 'appended');
  assert.deepEqual(await money(), [0.1, 0]);
  const item_id = first.state.item?.item_id ?? '';
  await store.items.claim('analyzer', item_id, 'incarnation-1');
  const held = { fence: { item_id, epoch: 1 } };
  const failure = { code: 'internal', message: 'once', retryable: true, usage: { usd: 0.03, ci_minutes: 0 } };
  const failed = decision(first.state, { type: 'fail', item_id, epoch: 1, ...failure, ...given() }, held);
  assert.equal((await store.append(failed)).status, 'appended');
  assert.deepEqual(await money(), [0.07, 0.03], 'the item goes on with what is left of its own');
  await eventually(async () => assert.ok(await store.items.claim('analyzer', item_id, 'incarnation-2')));
  const cancel: Command = { type: 'signal', name: 'cancel', actor: 'ada', reason: 'enough', data: {}, ...given() };
  const cancelled = decision(failed.state, cancel);
  assert.equal((await store.append(cancelled)).status, 'appended');
  assert.deepEqual(await money(), [0, 0.1], 'the second attempt was cut off and may have spent all of it');
});

test('the mean of the last days needs five runs', async () => {
  const repository = `/srv/${fresh()}`;
  assert.deepEqual(await store.runs.facts(repository), { rolling_mean_pct: null });
  for (let n = 0; n < 5; n += 1) {
    const state = await started(repository);
    const end = decision(state, { type: 'signal', name: 'cancel', actor: 'a', reason: 'r', data: {}, ...given() });
    await store.append({ ...end, run: { ...end.run, state: 'no_gain', gain_pct: n } });
  }
  assert.deepEqual(await store.runs.facts(repository), { rolling_mean_pct: 2 });
});

test('a run is found by a unique beginning of its id', async () => {
  await assert.rejects(store.runs.find('run-'), (error: unknown) => error instanceof CodeOptimaError && error.code === 'bad_input');
  await assert.rejects(store.runs.find('nope'), (error: unknown) => error instanceof CodeOptimaError && error.code === 'not_found');
  const state = await started();
  assert.equal((await store.runs.find('')).run_id, state.run_id);
  assert.equal((await store.runs.list(3, true)).length, 3);
});

test('a definition is kept by its version', async () => {
  await store.definitions.save(table);
  const other = await openStore({ url: postgres.url, connections: 2 });
  assert.equal((await other.definitions.load(table.version)).version, table.version);
  await assert.rejects(other.definitions.load('0'.repeat(16)), /not in the store/);
  await other.close();
});

test('planners that start together migrate once; an exclusive part has one owner', async () => {
  const others = await Promise.all(Array.from({ length: 3 }, () => openStore({ url: postgres.url, connections: 2 })));
  const answers = await Promise.all(
    others.map((other, n) => other.exclusively('sweep', () => new Promise<number>((resolve) => setTimeout(() => resolve(n), 200)))),
  );
  assert.equal(answers.filter((answer) => answer !== null).length, 1);
  await Promise.all(others.map((other) => other.close()));
});

test('a refused write is counted', async () => {
  const before = await store.items.countFenced();
  await store.items.recordFenced('item-x', 3, 'complete');
  assert.equal(await store.items.countFenced(), before + 1);
});

test('the log folds the same after Postgres was killed in the middle', async () => {
  const state = await started();
  await postgres.kill();
  // A backend outlives its postmaster by a moment, and may answer once more.
  const refusal = await eventually(async () => {
    const answer = await store.events.read(state.run_id).catch((error: unknown) => error);
    assert.ok(answer instanceof Error, 'a backend still answers');
    return answer;
  });
  assert.ok(refusal instanceof CodeOptimaError && refusal.code === 'unavailable', String(refusal));
  await postgres.restart();
  const log = await eventually(() => store.events.read(state.run_id));
  assert.deepEqual(
    log.reduce<RunState | null>((folded, { event }) => evolve(table, folded, event), null),
    state,
  );
});

test('a connection that breaks between two statements of its holder is told and ends nobody', async () => {
  const told: string[] = [];
  const other = await openStore({ url: postgres.url, connections: 2, onError: ({ message }) => told.push(message) });
  const holding = other.exclusively('held', async () => {
    await postgres.kill();
    await eventually(() => assert.ok(told.length > 0));
  });
  await assert.rejects(holding, (error: unknown) => error instanceof CodeOptimaError && error.code === 'unavailable');
  await postgres.restart();
  assert.equal(await eventually(() => other.exclusively('held', () => Promise.resolve('mine'))), 'mine');
  await other.close();
});
