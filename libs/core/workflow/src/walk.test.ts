import { CodeOptimaError, TERMINAL_STATES } from '@codeoptima/contracts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fold } from './evolve.ts';
import { checkLog } from './invariants.ts';
import { loadWorkflow } from './load-workflow.ts';
import { Drive } from './testing/drive.ts';
import { baselineFailed, baselineReady, hotspotsFound, judged, proposed, reviewed } from './testing/samples.ts';

const SEEDS = Number(process.env['WALK_SEEDS'] ?? 10_000);
const FIRST = Number(process.env['WALK_FIRST_SEED'] ?? 1);
const STEPS_MAX = 400;
const table = loadWorkflow('optimize');

/** Mulberry32: small, seeded, the same on every machine. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const VERDICTS = ['certified', 'not_proven', 'behaviour_differs', 'tests_regressed', 'refused', 'cannot_certify_here', 'nondeterministic'];
const CODES = ['install_failed', 'internal', 'deadline_exceeded', 'budget_exhausted', 'sandbox_missing'];

function walk(seed: number): Drive {
  const next = random(seed);
  const below = (count: number): number => Math.floor(next() * count);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const drive = new Drive(table);
  // A walk has a temper: some never see an error, some mostly do.
  const trouble = pick([0, 0.05, 0.5]);
  const limits = { max_iterations: 1 + below(6), misses_in_a_row: 1 + below(4), patches_per_iteration: 1 + below(5) };
  drive.begin({ limits, budget: { run_usd: below(3), run_ci_minutes: pick([2, 240]) } }, pick([null, 0.3, 4]));

  // A stubborn fleet gives the same answer for ever: what loop detection is for.
  const stubborn = next() < 0.05;
  const resultOf = (task: string | undefined): unknown => {
    if (next() < trouble / 5) return { garbage: below(9) };
    if (task === 'baseline') return next() < 0.1 ? baselineFailed : baselineReady;
    if (task === 'hotspots') return next() < 0.05 ? { ...hotspotsFound, hotspots: [] } : hotspotsFound;
    if (stubborn && task === 'propose') return proposed('c1');
    if (stubborn && task === 'verify') return judged('refused');
    if (task === 'propose') return proposed(...Array.from({ length: below(6) }, () => `c${below(40)}`));
    if (task === 'verify') return judged(pick(VERDICTS));
    if (task === 'review') return reviewed((drive.state.variables['accepted'] as unknown[]).length > 0 ? 'codeoptima/x' : null);
    return { merged: next() < 0.5, reason: 'done' };
  };
  const step = (): void => {
    drive.now_ms += below(600_000) - 60_000;
    const { item, timers } = drive.state;
    // Now and then a zombie speaks: another item, or an epoch that has passed.
    const item_id = next() < trouble / 5 ? `item-${1 + below(9)}` : (item?.item_id ?? 'item-0');
    const epoch = (item?.epoch ?? 0) + below(2);
    const usage = { usd: next() < 0.1 ? next() : 0, ci_minutes: next() * 3 - 0.2 };
    const kind = next();
    if (kind < trouble * 0.5)
      drive.send({ type: 'fail', item_id, epoch, code: pick(CODES), message: 'no', retryable: next() < 0.6, usage });
    else if (kind < trouble)
      drive.send({ type: 'expire', item_id, epoch, verdict: pick(['stale', 'stuck']), reason: 'silent', held_ms: below(90_000) });
    else if (kind > 0.98) drive.signal(pick(['cancel', 'approve', 'reject', 'dance']), { merge: next() < 0.5 });
    else if (kind > 0.97 || (item === null && next() < 0.2)) {
      const name = pick([...Object.keys(timers), 'wall_clock', 'signoff']);
      drive.send({ type: 'fire_timer', name, generation: (timers[name]?.generation ?? 1) - below(2) });
    } else if (item === null) drive.signal(pick(['approve', 'reject']), { merge: next() < 0.5 });
    else drive.send({ type: 'complete', item_id, epoch: Math.max(1, epoch), result: resultOf(item.task), usage });
  };
  for (let steps = 0; steps < STEPS_MAX && !drive.state.terminal; steps += 1) {
    const before = drive.state;
    try {
      step();
    } catch (error) {
      if (!(error instanceof CodeOptimaError) || !['stale_epoch', 'conflict'].includes(error.code)) throw error;
      assert.equal(drive.state, before, 'a refused command changes nothing');
    }
  }
  return drive;
}

test(`${SEEDS} random walks end in a terminal state and break no invariant`, () => {
  const ends = new Map<string, number>();
  for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
    const again = `repeat with WALK_FIRST_SEED=${seed} WALK_SEEDS=1`;
    const drive = walk(seed);
    assert.equal(drive.state.terminal, true, `seed ${seed} stands in ${drive.state.state}; ${again}`);
    const faults = checkLog(
      table,
      drive.log.map((event, index) => ({ version: index + 1, event })),
    );
    assert.deepEqual(faults, [], `seed ${seed}; ${again}`);
    assert.equal(drive.log.filter((event) => event.type === 'RunEnded').length, 1, again);
    // Through text, as the store has it.
    assert.deepEqual(fold(table, JSON.parse(JSON.stringify(drive.log)) as typeof drive.log), drive.state, again);
    ends.set(drive.state.state, (ends.get(drive.state.state) ?? 0) + 1);
  }
  if (SEEDS >= 10_000) {
    for (const end of TERMINAL_STATES) assert.ok((ends.get(end) ?? 0) > 0, `no walk ended as ${end}: ${JSON.stringify([...ends])}`);
  }
});

test('the same seed gives the same log, bit for bit', () => {
  for (const seed of [1, 77, 4711]) assert.equal(JSON.stringify(walk(seed).log), JSON.stringify(walk(seed).log));
});

test('the checker of invariants sees what is wrong', () => {
  const log = walk(3).log.map((event, index) => ({ version: index + 1, event }));
  const last = log.at(-1);
  assert.ok(last !== undefined);
  assert.match(
    checkLog(
      table,
      log.filter(({ version }) => version !== 2),
    ).join(),
    /version 3 stands at place 2/,
  );
  assert.match(checkLog(table, [...log, { version: log.length + 1, event: last.event }]).join(), /follows the end/);
  assert.match(checkLog(table, log.slice(0, -1)).join(), /without RunEnded/);
  const backwards = log.map(({ version, event }) => ({ version, event: 'epoch' in event ? { ...event, epoch: 0 } : event }));
  assert.match(checkLog(table, backwards).join(), /epoch 0/);
});
