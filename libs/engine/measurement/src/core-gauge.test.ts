import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quieterCore } from './affinity.ts';
import { CoreGauge } from './core-gauge.ts';

test('a gauge reads the speed of its core as often as it is asked, and ends when it is disposed of', async () => {
  const cpu = await quieterCore(10);
  assert.ok(cpu !== null);
  const gauge = await CoreGauge.start(cpu);
  assert.ok(gauge !== null);
  for (let i = 0; i < 3; i++) assert.ok(((await gauge.read()) ?? 0) > 10_000, 'nanoseconds of a whole operation');
  await gauge[Symbol.asyncDispose]();
  assert.equal(await gauge.read(), null);
  await gauge[Symbol.asyncDispose]();
});

test('a core that does not exist gives no readings, and says so', async () => {
  const gauge = await CoreGauge.start(9999);
  assert.ok(gauge !== null);
  assert.equal(await gauge.read(), null);
  await gauge[Symbol.asyncDispose]();
});
