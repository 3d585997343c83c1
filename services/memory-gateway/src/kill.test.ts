import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodeOptimaError } from '@codeoptima/contracts';
import { Tier } from '@codeoptima/contracts/memory';
import { optionalMemory } from '@codeoptima/memory';
import { eventually, noSidecar, startSidecar, type TestSidecar } from '@codeoptima/testkit';
import { QdrantClient } from '@qdrant/js-client-rest';
import { CALLER, fence, type TestGateway, testGateway } from './testing/harness.ts';
import { testPorts } from './testing/ports.ts';

describe('the engine is killed under the gateway', { skip: await noSidecar() }, () => {
  let engine: TestSidecar;
  let gateway: TestGateway;
  let ports: Awaited<ReturnType<typeof testPorts>>;
  before(async () => {
    engine = await startSidecar();
    gateway = await testGateway(engine);
    ports = await testPorts(engine.address);
  });
  after(async () => {
    await ports?.stop();
    await gateway?.stop();
    await engine?.stop();
  });

  test('calls say so, and once it is back every acknowledged write is there', async (t) => {
    const caller = { ...CALLER, project: 'kill' };
    const rest = new QdrantClient({ url: ports.rest_url, checkCompatibility: false });
    await rest.createCollection('kill', { vectors: { size: 2, distance: 'Dot' } });
    const remembered: string[] = [];
    const upserted: number[] = [];
    const failures: unknown[] = [];
    const answers: (number | undefined)[] = [];
    const end = new AbortController();
    const remember = async (): Promise<void> => {
      for (let i = 0; !end.signal.aborted; i += 1) {
        const memories = [{ kind: 'note', text: `write ${i}`, tier: Tier.PROJECT }];
        await gateway.client.remember({ caller, fence: fence(), memories }).then(
          ({ ids }) => remembered.push(...ids),
          (error: unknown) => failures.push(error),
        );
        if (failures.length > 0) await sleep(5);
      }
    };
    const upsert = async (): Promise<void> => {
      for (let id = 1; !end.signal.aborted; id += 1) {
        await rest.upsert('kill', { wait: true, points: [{ id, vector: [id, 1] }] }).then(
          () => upserted.push(id),
          (error: { status?: number }) => answers.push(error.status),
        );
        if (answers.length > 0) await sleep(5);
      }
    };
    const writers = [remember(), upsert()];
    t.after(() => end.abort());
    for (let round = 1; round <= 3; round += 1) {
      const [before_r, before_u] = [remembered.length, upserted.length];
      await eventually(() => assert.ok(remembered.length >= before_r + 5 && upserted.length >= before_u + 5));
      const failed = failures.length;
      await engine.kill();
      await eventually(() => assert.ok(failures.length > failed && answers.length > 0));
      await engine.restart();
    }
    const recovered = remembered.length;
    await eventually(() => assert.ok(remembered.length > recovered));
    end.abort();
    await Promise.all(writers);
    for (const error of failures) {
      assert.ok(error instanceof CodeOptimaError);
      assert.equal(error.code, 'unavailable', error.message);
      assert.match(error.message, /the vector store at unix:\S+ does not answer/);
    }
    assert.deepEqual([...new Set(answers)], [503]);
    for (let start = 0; start < remembered.length; start += 500) {
      const ids = remembered.slice(start, start + 500);
      const found = await gateway.client.recall({ caller, query: { case: 'ids', value: { ids } } });
      assert.equal(found.results.length, ids.length);
    }
    const kept = new Set((await rest.scroll('kill', { limit: upserted.length + 100 })).points.map(({ id }) => id));
    assert.deepEqual(
      upserted.filter((id) => !kept.has(id)),
      [],
    );
  });

  test('a caller for whom memory is a help goes on without it, and says so once', async () => {
    const told: string[] = [];
    const memory = optionalMemory({ address: gateway.server.address, project: 'kill', role: 'analyzer' }, (line) => told.push(line));
    const count = () => memory.use(async (client) => (await client.stats()).tiers.length, -1);
    assert.equal(await count(), 3);
    await engine.kill();
    assert.deepEqual([await count(), await count()], [-1, -1]);
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /work goes on without it/);
    await engine.restart();
    await eventually(async () => assert.equal(await count(), 3));
    assert.deepEqual(told.slice(1), ['The memory is back.']);
    memory.close();
    const none: string[] = [];
    const absent = optionalMemory(null, (line) => none.push(line));
    assert.equal(await absent.use(() => Promise.resolve(1), 0), 0);
    assert.match(none[0] ?? '', /no memory here/);
  });
});
