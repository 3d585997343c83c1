import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { CodeOptimaError } from '@codeoptima/contracts';
import { Language, Tier, Visibility } from '@codeoptima/contracts/memory';
import { EMBEDDING_VERSION } from '@codeoptima/embedding';
import { noSidecar, startSidecar, type TestSidecar } from '@codeoptima/testkit';
import { oldTiers } from './adapters/collections.ts';
import { CALLER, fence, type TestGateway, testGateway } from './testing/harness.ts';

const DAY_MS = 86_400_000;

/** A small embeddings endpoint: counts letters. Asks for the key, and can be told to fail. */
const endpoint = async () => {
  const state = { calls: 0, broken: false };
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      state.calls += 1;
      const { input, dimensions, model } = JSON.parse(body) as { input: string[]; dimensions: number; model: string };
      if (state.broken || request.url !== '/v1/embeddings' || request.headers.authorization !== 'Bearer sesame' || model !== 'letters')
        return void response.writeHead(state.broken ? 500 : 401).end('{}');
      const data = input.map((text, index) => {
        const embedding = Array.from({ length: dimensions }, () => 0);
        for (const letter of text) embedding[letter.charCodeAt(0) % dimensions] = (embedding[letter.charCodeAt(0) % dimensions] ?? 0) + 1;
        return { object: 'embedding', index, embedding };
      });
      // The order of the answer is the endpoint's business; the index counts.
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ object: 'list', data: data.reverse(), model }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { state, url, stop: () => server.close() };
};

describe('tiers and embeddings over a real engine', { skip: await noSidecar() }, () => {
  let engine: TestSidecar;
  before(async () => {
    engine = await startSidecar();
  });
  after(() => engine?.stop());

  const remember = async ({ client }: TestGateway, project: string, memory: object) =>
    (await client.remember({ caller: { ...CALLER, project }, fence: fence(), memories: [{ kind: 'note', text: 'a text', ...memory }] }))
      .ids[0] ?? '';
  const tierOf = async ({ client }: TestGateway, project: string, id: string) =>
    (await client.recall({ caller: { ...CALLER, project }, query: { case: 'ids', value: { ids: [id] } } })).results[0]?.memory?.tier;
  const hear = async ({ client }: TestGateway, project: string) =>
    await client.recall({ caller: { ...CALLER, project }, query: { case: 'text', value: 'text' } });

  test('what was recalled, forgotten and brought back is what it was, and found as it was', async () => {
    const gateway = await testGateway(engine);
    const { client, clock } = gateway;
    const caller = { project: 'moved', role: 'analyzer', agent: 'a7' };
    const source = 'export const total = (rows) => rows.reduce((sum, row) => sum + row.price, 0);';
    const code = { source, language: Language.JS, imports: ['./rows'], callers: ['bill'], path: 'src/total.js' };
    const first = await client.remember({
      caller,
      fence: fence(),
      memories: [
        { kind: 'note', text: 'kept for an hour', tier: Tier.HOT, ttlS: 3_600n, priority: 2 },
        { kind: 'verdict', code, tier: Tier.PROJECT, visibility: Visibility.SHARED, status: 'certified', task: 't1', data: { gain: 2 } },
        { kind: 'note', text: 'an old total', tier: Tier.HISTORICAL, visibility: Visibility.ROLE, priority: -3 },
      ],
    });
    clock.now_ms += 60_000;
    await client.remember({ caller, fence: fence(), memories: [{ kind: 'note', text: 'of later', dependsOn: [first.ids[0] ?? ''] }] });
    const near = { caller, query: { case: 'code' as const, value: code }, recencyHalfLifeS: 3_600 };
    await client.recall(near);
    await gateway.sweep();
    const all = async () =>
      (await client.recall({ caller, limit: 50 })).results.flatMap(({ memory }) => memory ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
    const before = { list: await all(), found: (await client.recall(near)).results };
    assert.equal(before.list.length, 4);
    assert.ok(before.list.every(({ recalls }) => recalls > 0n));
    await gateway.sweep();
    const counted = await all();
    await client.forget({ caller, fence: fence(), what: { case: 'everything', value: true } });
    assert.deepEqual(await all(), []);
    // A caller without an agent brings them back.
    await client.remember({ caller: { ...caller, agent: '' }, fence: fence(), memories: counted, keepHistory: true });
    assert.deepEqual(await all(), counted);
    assert.deepEqual(
      (await client.recall(near)).results.map(({ memory, score }) => [memory?.id, score]),
      before.found.map(({ memory, score }) => [memory?.id, score]),
    );
    const odd = [{ kind: 'note', text: 'x', createdAt: { seconds: -5n, nanos: 0 } }];
    await assert.rejects(client.remember({ caller, fence: fence(), memories: odd, keepHistory: true }), /created_at is before 1970/);
    await gateway.stop();
  });

  test('hot memories end at their TTL unless they earned their place, old ones age, and recalled ones come back', async () => {
    const gateway = await testGateway(engine, { CODEOPTIMA_MEMORY_RETENTION_S: String(365 * 86_400) });
    const project = 'tiers';
    const brief = await remember(gateway, project, { text: 'brief', ttlS: 60n });
    const important = await remember(gateway, project, { text: 'important', ttlS: 60n, priority: 1 });
    const loved = await remember(gateway, project, { text: 'loved text', ttlS: 60n, kind: 'loved' });
    const lasting = await remember(gateway, project, { text: 'lasting', tier: Tier.PROJECT });
    const { client } = gateway;
    const caller = { ...CALLER, project };
    for (let i = 0; i < 2; i += 1) await client.recall({ caller, query: { case: 'text', value: 'loved' }, filter: { kinds: ['loved'] } });
    await gateway.sweep();
    assert.equal(await tierOf(gateway, project, brief), Tier.HOT);
    gateway.clock.now_ms += 60_000;
    assert.equal(await tierOf(gateway, project, brief), undefined, 'past its end before any sweep');
    await gateway.sweep();
    assert.deepEqual(await Promise.all([brief, important, loved, lasting].map((id) => tierOf(gateway, project, id))), [
      undefined,
      Tier.PROJECT,
      Tier.PROJECT,
      Tier.PROJECT,
    ]);
    gateway.clock.now_ms += 31 * DAY_MS;
    await gateway.sweep();
    assert.equal(await tierOf(gateway, project, lasting), Tier.HISTORICAL);
    for (let i = 0; i < 2; i += 1) assert.equal((await hear(gateway, project)).results.length, 3);
    await gateway.sweep();
    assert.deepEqual(await Promise.all([important, loved, lasting].map((id) => tierOf(gateway, project, id))), [
      Tier.PROJECT,
      Tier.PROJECT,
      Tier.PROJECT,
    ]);
    gateway.clock.now_ms += 31 * DAY_MS;
    await gateway.sweep();
    gateway.clock.now_ms += 400 * DAY_MS;
    await gateway.sweep();
    assert.deepEqual(
      (await client.stats({ caller })).tiers.map(({ memories }) => memories),
      [0n, 0n, 0n],
    );
    await gateway.stop();
  });

  test('another embedding takes over in the background, and recalls go on with its vectors', async () => {
    const letters = await endpoint();
    const project = 'versions';
    const caller = { ...CALLER, project };
    const first = await testGateway(engine);
    const ids: string[] = [];
    for (const text of ['zzzz', 'aaaa', 'mmmm']) ids.push(await remember(first, project, { text }));
    const coded = await remember(first, project, { code: { source: 'const z = 1;', language: Language.TS }, tier: Tier.PROJECT });
    const secret = await remember(first, project, { text: 'qqqq', visibility: Visibility.ROLE });
    await first.stop();
    const settings = {
      CODEOPTIMA_EMBEDDINGS_URL: letters.url,
      CODEOPTIMA_EMBEDDINGS_MODEL: 'letters',
      CODEOPTIMA_EMBEDDINGS_API_KEY: 'sesame',
      CODEOPTIMA_EMBEDDINGS_DIMENSIONS: '128',
    };
    const second = await testGateway(engine, settings);
    assert.deepEqual((await second.client.recall({ caller, query: { case: 'text', value: 'zz' } })).results, []);
    const anew = await remember(second, project, { id: ids[1], text: 'newer' });
    const rival = { caller: { ...caller, role: 'rival' }, fence: fence(), memories: [{ kind: 'note', text: 'mine', id: secret }] };
    await assert.rejects(second.client.remember(rival), (error: CodeOptimaError) => error.code === 'conflict');
    letters.state.broken = true;
    await assert.rejects(second.sweep(), (error: CodeOptimaError) => error.code === 'unavailable' && /answered 500/.test(error.message));
    await assert.rejects(remember(second, project, {}), (error: CodeOptimaError) => error.code === 'unavailable');
    assert.ok((await second.client.stats({ caller })).toReembed > 0n);
    const gone = { caller, fence: fence(), what: { case: 'ids' as const, value: { ids: [ids[2] ?? ''] } } };
    const others = { ...gone, caller: { ...caller, project: 'elsewhere' } };
    assert.equal((await second.client.forget(others)).forgotten, 0n);
    assert.equal((await second.client.forget(gone)).forgotten, 1n);
    letters.state.broken = false;
    await second.sweep();
    const near = await second.client.recall({ caller, query: { case: 'text', value: 'zz' }, limit: 1 });
    assert.deepEqual(
      near.results.map(({ memory }) => memory?.id),
      [ids[0]],
    );
    assert.ok(Math.abs((near.results[0]?.score ?? 0) - 1) < 1e-5, 'only one letter in both');
    assert.equal(near.results[0]?.memory?.embeddingVersion, `${EMBEDDING_VERSION}+letters@128`);
    assert.equal(anew, ids[1]);
    const kept = await second.client.recall({ caller, query: { case: 'ids', value: { ids: [anew, ids[2] ?? '', coded] } } });
    assert.deepEqual(
      kept.results.map(({ memory }) => memory?.text),
      ['newer', 'a text'],
      'what was written meanwhile stays',
    );
    assert.equal(await tierOf(second, project, coded), Tier.PROJECT);
    assert.equal((await second.client.stats({ caller })).toReembed, 0n);
    assert.deepEqual(await oldTiers(second.wire, `${EMBEDDING_VERSION}+letters@128`), []);
    await second.stop();
    letters.stop();
  });

  test('recency outweighs likeness when it is asked to', async () => {
    const gateway = await testGateway(engine);
    const project = 'recency';
    const caller = { ...CALLER, project };
    const old = await remember(gateway, project, { text: 'loop over rows' });
    gateway.clock.now_ms += 3_600_000;
    const young = await remember(gateway, project, { text: 'loop over many other rows of a table' });
    const ask = async (recencyHalfLifeS: number) =>
      (await gateway.client.recall({ caller, query: { case: 'text', value: 'loop over rows' }, recencyHalfLifeS })).results.map(
        ({ memory }) => memory?.id,
      );
    assert.deepEqual(await ask(0), [old, young]);
    assert.deepEqual(await ask(600), [young, old]);
    await gateway.stop();
  });
});
