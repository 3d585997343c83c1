import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withSeed } from '@codeoptima/testkit';
import { type Limits, sweep } from './sweep.ts';
import { type ListedLease, type ReceivedBeat, type WatchList, type Watched, receiveBeat, receiveLeases, renewTerms } from './watched.ts';

const limits: Limits = {
  stale_ms: 60_000,
  progressLimit_ms: (service) => (service === 'slow' ? 1_200_000 : 600_000),
  breaker_share: 0.3,
  breaker_count: 3,
};
const nobodyIsGone = (): boolean => false;

const beat = (item_id: string, more: Partial<ReceivedBeat> = {}): ReceivedBeat => ({
  item_id,
  run_id: 'r',
  service: 'builder',
  incarnation: `i-${item_id}`,
  epoch: 1n,
  progress_counter: 0n,
  pid: 100,
  ...more,
});
const lease = (item_id: string, more: Partial<ListedLease> = {}): ListedLease => ({ ...beat(item_id), age_ms: 0, ...more });
const kinds = (list: WatchList, now_ms: number, isGone: (watched: Watched) => boolean = nobodyIsGone): string[] =>
  sweep(list, now_ms, limits, isGone).verdicts.map(({ watched, kind }) => `${watched.item_id} ${kind}`);

/** A simulated clock: beats every `beat_ms`, lists and sweeps every 5 s; gives what was condemned and when. */
const simulate = (options: {
  until_ms: number;
  items: string[];
  beats: (item: string, now_ms: number) => Partial<ReceivedBeat> | null;
  list?: (now_ms: number) => ListedLease[];
}): Map<string, { kind: string; at_ms: number }> => {
  const found = new Map<string, { kind: string; at_ms: number }>();
  let list: WatchList = new Map();
  let last_list_ms: number | null = null;
  for (let now_ms = 0; now_ms <= options.until_ms; now_ms += 1_000) {
    for (const item of options.items) {
      const sent = options.beats(item, now_ms);
      if (sent && now_ms % 10_000 === 0) list = receiveBeat(list, beat(item, sent), now_ms);
    }
    if (now_ms % 5_000 !== 0) continue;
    const leases = options.list?.(now_ms) ?? options.items.map((item) => lease(item));
    list = receiveLeases(list, leases, now_ms, last_list_ms);
    last_list_ms = now_ms;
    for (const { watched, kind } of sweep(list, now_ms, limits, nobodyIsGone).verdicts)
      if (!found.has(watched.item_id)) found.set(watched.item_id, { kind, at_ms: now_ms });
  }
  return found;
};

describe('liveness', () => {
  it('condemns silence of more than 60 s, at the latest 65 s after the last beat, and nobody who beats', () => {
    const moving = (now_ms: number) => ({ progress_counter: BigInt(now_ms) });
    const found = simulate({
      until_ms: 300_000,
      items: ['silent', 'alive'],
      beats: (item, now_ms) => (item === 'alive' || now_ms <= 100_000 ? moving(now_ms) : null),
    });
    assert.deepEqual([...found.keys()], ['silent']);
    const silence_ms = (found.get('silent')?.at_ms ?? 0) - 100_000;
    assert.ok(silence_ms > 60_000 && silence_ms <= 65_000, String(silence_ms));
  });

  it('counts from the claim when no beat ever came', () => {
    const list = (now_ms: number): ListedLease[] => (now_ms < 42_000 ? [] : [lease('mute', { age_ms: now_ms - 42_000 })]);
    const found = simulate({ until_ms: 200_000, items: ['mute'], beats: () => null, list });
    const silence_ms = (found.get('mute')?.at_ms ?? 0) - 42_000;
    assert.ok(silence_ms > 60_000 && silence_ms <= 65_000, String(silence_ms));
  });

  it('does not believe an age that the list before contradicts: clocks may differ', () => {
    const before = receiveLeases(new Map(), [], 100_000, null);
    const skewed = receiveLeases(before, [lease('new', { age_ms: 3_600_000 })], 105_000, 100_000);
    assert.equal(skewed.get('new')?.alive_ms, 100_000);
    const future = receiveLeases(before, [lease('new', { age_ms: -3_600_000 })], 105_000, 100_000);
    assert.equal(future.get('new')?.alive_ms, 105_000);
    const at_start = receiveLeases(new Map(), [lease('old', { age_ms: 3_600_000 })], 105_000, null);
    assert.equal(at_start.get('old')?.alive_ms, 105_000);
  });

  it('takes a beat of an older epoch for a zombie and one of a newer epoch for a new holder', () => {
    let list = receiveLeases(new Map(), [lease('x', { epoch: 5n })], 0, null);
    list = receiveBeat(list, beat('x', { epoch: 4n }), 50_000);
    assert.equal(list.get('x')?.alive_ms, 0);
    list = receiveBeat(list, beat('x', { epoch: 6n }), 60_000);
    assert.deepEqual([list.get('x')?.epoch, list.get('x')?.listed], [6n, false]);
    list = receiveLeases(list, [lease('x', { epoch: 6n })], 61_000, 56_000);
    assert.deepEqual([list.get('x')?.listed, list.get('x')?.alive_ms], [true, 60_000]);
  });

  it('judges only what the planner lists, and forgets what is done', () => {
    let list = receiveBeat(new Map(), beat('zombie'), 0);
    assert.deepEqual(kinds(list, 100_000), []);
    list = receiveLeases(list, [], 100_000, 95_000);
    assert.equal(list.size, 0);
  });

  it('knows at once of a process that has ended', () => {
    const list = receiveLeases(receiveBeat(new Map(), beat('x'), 0), [lease('x')], 1_000, null);
    assert.deepEqual(
      kinds(list, 2_000, () => true),
      ['x dead'],
    );
  });
});

describe('progress', () => {
  it('lets a busy worker live until its own limit, and then calls it stuck', () => {
    const found = simulate({
      until_ms: 1_300_000,
      items: ['busy', 'slow'],
      beats: (item) => ({ progress_counter: 7n, service: item === 'slow' ? 'slow' : 'builder' }),
    });
    assert.deepEqual(found.get('busy'), { kind: 'stuck', at_ms: 605_000 });
    assert.deepEqual(found.get('slow'), { kind: 'stuck', at_ms: 1_205_000 });
  });

  it('spares the one whose counter changes, however seldom', () => {
    const found = simulate({
      until_ms: 3_000_000,
      items: ['seldom'],
      beats: (_item, now_ms) => ({ progress_counter: BigInt(Math.floor(now_ms / 590_000)) }),
    });
    assert.equal(found.size, 0);
  });
});

describe('outages', () => {
  it('give everyone a full term', () => {
    let list = receiveLeases(new Map(), [lease('a'), lease('b')], 0, null);
    list = renewTerms(list, 500_000);
    assert.deepEqual(kinds(list, 560_000), []);
    assert.deepEqual(kinds(list, 560_001), ['a stale', 'b stale']);
  });
});

describe('the breaker', () => {
  const fleet = (silent: number, alive: number): WatchList => {
    let list: WatchList = new Map();
    const names = Array.from({ length: silent + alive }, (_, index) => `${index < silent ? 'silent' : 'alive'}-${index}`);
    list = receiveLeases(
      list,
      names.map((name) => lease(name)),
      0,
      null,
    );
    for (const name of names.slice(silent)) list = receiveBeat(list, beat(name), 99_000);
    return list;
  };

  it('holds everyone when more than three and more than 30 % are silent in one sweep', () => {
    assert.deepEqual(
      [sweep(fleet(3, 0), 100_000, limits, nobodyIsGone).verdicts.length, sweep(fleet(3, 0), 100_000, limits, nobodyIsGone).breaker_open],
      [3, false],
    );
    assert.deepEqual(
      [sweep(fleet(4, 10), 100_000, limits, nobodyIsGone).verdicts.length, sweep(fleet(4, 10), 100_000, limits, nobodyIsGone).breaker_open],
      [4, false],
    );
    const tripped = sweep(fleet(4, 9), 100_000, limits, nobodyIsGone);
    assert.deepEqual([tripped.verdicts, tripped.held.length, tripped.breaker_open], [[], 4, true]);
  });

  it('does not protect the stuck from being counted apart, nor the certainly dead', () => {
    const tripped = sweep(fleet(6, 2), 100_000, limits, ({ item_id }) => item_id === 'silent-0');
    assert.deepEqual(
      tripped.verdicts.map(({ kind }) => kind),
      ['dead'],
    );
    assert.equal(tripped.breaker_open, true);
    // When all the silent ones have surely ended, there is nothing to doubt.
    const all = sweep(fleet(6, 2), 100_000, limits, ({ item_id }) => item_id.startsWith('silent'));
    assert.deepEqual([all.verdicts.length, all.breaker_open], [6, false]);
  });

  it('does not condemn the first to grow stale while the others are as silent: beats do not come all at once', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    let list = receiveLeases(
      new Map(),
      names.map((name) => lease(name)),
      0,
      null,
    );
    for (const [index, name] of names.entries()) list = receiveBeat(list, beat(name), index * 2_000);
    for (const now_ms of [60_001, 62_001, 64_001, 66_001]) {
      const { verdicts, held, breaker_open } = sweep(list, now_ms, limits, nobodyIsGone);
      assert.deepEqual([verdicts, held.length > 0, breaker_open], [[], true, true], String(now_ms));
    }
    assert.equal(sweep(list, 59_000, limits, nobodyIsGone).breaker_open, false, 'nobody is stale yet');
    for (const name of names.slice(1)) list = receiveBeat(list, beat(name), 32_000);
    assert.deepEqual(kinds(list, 60_001), ['a stale'], 'a few lost beats of the others are no reason to wait');
  });

  it('is released when beats come back, and then condemns nobody whose beat is still on its way', () => {
    let list = fleet(6, 2);
    assert.deepEqual([sweep(list, 100_000, limits, nobodyIsGone, true).released], [false]);
    for (const name of ['silent-0', 'silent-1', 'silent-2', 'silent-3']) list = receiveBeat(list, beat(name), 100_500);
    const after = sweep(list, 101_000, limits, ({ item_id }) => item_id === 'silent-5', true);
    assert.deepEqual([after.breaker_open, after.released], [false, true]);
    assert.deepEqual(
      after.verdicts.map(({ watched, kind }) => `${watched.item_id} ${kind}`),
      ['silent-5 dead'],
    );
    assert.deepEqual(kinds(renewTerms(list, 101_000), 161_000), []);
    let later = renewTerms(list, 101_000);
    for (const name of list.keys()) if (name !== 'silent-4') later = receiveBeat(later, beat(name), 150_000);
    assert.deepEqual(kinds(later, 161_001), ['silent-4 stale'], 'who stays silent had one more term');
  });
});

describe('whatever happens', () => {
  interface Truth {
    alive_ms: number;
    moved_ms: number;
    counter: bigint;
    has_beaten: boolean;
  }

  it('nobody who beat within 60 s and moved within the limit is ever condemned, however wrong the clock of the planner is', async () => {
    await withSeed((random) => {
      let condemned = 0;
      for (let walk = 0; walk < 40; walk += 1) {
        let list: WatchList = new Map();
        const truth = new Map<string, Truth>();
        let now_ms = 0;
        let last_list_ms: number | null = null;
        for (let step = 0; step < 400; step += 1) {
          now_ms += random.below(5_000);
          const item = `i${random.below(30)}`;
          const known = truth.get(item) ?? { alive_ms: now_ms, moved_ms: now_ms, counter: 0n, has_beaten: false };
          truth.set(item, known);
          if (random.next() < 0.9) {
            const moved = random.next() < 0.1 || !known.has_beaten;
            Object.assign(known, {
              alive_ms: now_ms,
              has_beaten: true,
              ...(moved ? { moved_ms: now_ms, counter: known.counter + 1n } : {}),
            });
            list = receiveBeat(list, beat(item, { progress_counter: known.counter }), now_ms);
          }
          const leases = [...truth.keys()].map((id) => lease(id, { age_ms: random.below(1_000_000) - 500_000 }));
          list = receiveLeases(list, leases, now_ms, last_list_ms);
          last_list_ms = now_ms;
          for (const { watched, kind } of sweep(list, now_ms, { ...limits, breaker_count: 100 }, nobodyIsGone).verdicts) {
            const real = truth.get(watched.item_id);
            assert.ok(real);
            condemned += 1;
            // A claim that never beat lies somewhere between two lists; the earlier one is at most 5 s off.
            if (kind === 'stale')
              assert.ok(
                now_ms - real.alive_ms > (real.has_beaten ? 60_000 : 55_000),
                `${watched.item_id} beat ${now_ms - real.alive_ms} ms ago`,
              );
            else assert.ok(now_ms - real.moved_ms > 600_000, `${watched.item_id} moved ${now_ms - real.moved_ms} ms ago`);
          }
        }
      }
      assert.ok(condemned > 100, 'the walk condemned too few to prove anything');
    });
  });
});
