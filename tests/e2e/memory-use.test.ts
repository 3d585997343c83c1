import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { VerifyResult } from '@codeoptima/contracts';
import { FAMILIES } from '../../bench/memory-use/families.ts';
import { type Judge, SearchBench } from '../../bench/memory-use/fleet.ts';

// The services' own proposing and remembering, with the verdicts given: the rule that pays is known of each family.
const verdict = (pays: boolean): VerifyResult => ({
  verdict: pays ? 'certified' : 'not_proven',
  reason: pays ? 'It is faster.' : 'A gain of 5 % is not proved.',
  checks: [],
  estimate_pct: pays ? 20 : 0,
  provable_pct: pays ? 15 : null,
  evidence: `sha256:${'0'.repeat(64)}`,
});
const known: Judge = async (family, rule) => verdict(rule === family.pays);

let bench: SearchBench;

before(async () => {
  bench = await SearchBench.open(known);
});
after(() => bench.close());

test('the second run of a similar repository reaches its accepted change with fewer candidates', async () => {
  let cold_total = 0;
  let warm_total = 0;
  for (const family of FAMILIES.slice(0, 4)) {
    const empty = await bench.emptyMemory();
    const cold = await bench.search(family, 1, empty.address);
    await empty.stop();
    const taught = await bench.emptyMemory();
    await bench.search(family, 0, taught.address);
    const warm = await bench.search(family, 1, taught.address);
    await taught.stop();
    assert.ok(warm.rules.length <= cold.rules.length, `${family.name}: ${cold.rules.join()} against ${warm.rules.join()}`);
    cold_total += cold.rules.length;
    warm_total += warm.rules.length;
  }
  assert.ok(warm_total < cold_total, `${warm_total} against ${cold_total}`);
});

test('the same repository again does not try again what fell, and says so', async () => {
  const [family] = FAMILIES;
  assert.ok(family);
  const memory = await bench.emptyMemory();
  const first = await bench.search(family, 0, memory.address);
  const again = await bench.search(family, 0, memory.address);
  await memory.stop();
  assert.ok(first.rules.length > 1);
  assert.deepEqual(again.rules, [family.pays]);
  assert.deepEqual(again.not_tried_again, first.rules.slice(0, -1));
});

test('with the memory down a run tries what it would without one, and says so', async () => {
  const [family] = FAMILIES;
  assert.ok(family);
  const empty = await bench.emptyMemory();
  const cold = await bench.search(family, 1, empty.address);
  await empty.stop();
  const down = await bench.search(family, 1, bench.nowhere);
  assert.deepEqual(down.rules, cold.rules);
  assert.equal(down.memory.state, 'down');
  assert.match(down.memory.note ?? '', /does not answer, work goes on without it/);
});
