import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Tier } from '@codeoptima/contracts/memory';
import { freePort } from '@codeoptima/embedded';
import { noSidecar, startSidecar, type TestSidecar, withSeed } from '@codeoptima/testkit';
import { QdrantClient as GrpcClient } from '@qdrant/js-client-grpc';
import { QdrantClient } from '@qdrant/js-client-rest';
import { type Example, EXAMPLES as POINTS, EXAMPLE_SIZE as SIZE, examples } from './testing/examples.ts';
import { CALLER, fence, testGateway } from './testing/harness.ts';
import { testPorts } from './testing/ports.ts';
import { Wire } from './adapters/wire.ts';
import { Points } from './gen/points_service_pb.ts';

describe("Qdrant's own clients against the gateway", { skip: await noSidecar() }, () => {
  let engine: TestSidecar;
  let ports: Awaited<ReturnType<typeof testPorts>>;
  let rest: QdrantClient;
  let grpc: GrpcClient;
  before(async () => {
    engine = await startSidecar();
    ports = await testPorts(engine.address);
    rest = new QdrantClient({ host: '127.0.0.1', port: ports.rest_port });
    grpc = new GrpcClient({ host: '127.0.0.1', port: ports.grpc_port });
  });
  after(async () => {
    await ports?.stop();
    await engine?.stop();
  });

  const cosine = (a: number[], b: number[]): number => {
    const dot = (x: number[], y: number[]) => x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };
  const nearest = (all: Example[], query: number[], limit: number) =>
    all
      .map(({ id, vector }) => ({ id, score: cosine(vector, query) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, limit);

  test('both clients give what brute force gives, filtered and not', async () => {
    await withSeed(async ({ next }) => {
      const all = examples(next);
      await rest.createCollection('shop', { vectors: { size: SIZE, distance: 'Cosine' } });
      await rest.createPayloadIndex('shop', { field_name: 'color', field_schema: 'keyword', wait: true });
      await rest.upsert('shop', { wait: true, points: all.map((each) => ({ ...each })) });
      assert.equal((await rest.count('shop')).count, POINTS);
      const filters = [
        { filter: undefined, keep: () => true },
        { filter: { must: [{ key: 'color', match: { value: 'red' } }] }, keep: ({ payload }: Example) => payload.color === 'red' },
        {
          filter: {
            must_not: [{ key: 'price', range: { gte: 50 } }],
            should: [
              { key: 'tags', match: { any: ['used', 'x'] } },
              { key: 'on', match: { value: true } },
            ],
          },
          keep: ({ payload }: Example) => payload.price < 50 && (payload.tags.includes('used') || payload.on),
        },
        { filter: { must: [{ has_id: [3, 5, 7] }] }, keep: ({ id }: Example) => [3, 5, 7].includes(id) },
      ];
      for (const { filter, keep } of filters) {
        const query = Array.from({ length: SIZE }, () => next() * 2 - 1);
        const expected = nearest(all.filter(keep), query, 7);
        const found = await rest.query('shop', { query, limit: 7, with_payload: true, with_vector: true, ...(filter ? { filter } : {}) });
        assert.deepEqual(
          found.points.map(({ id }) => id),
          expected.map(({ id }) => id),
        );
        for (const [index, point] of found.points.entries()) {
          assert.ok(Math.abs(point.score - (expected[index]?.score ?? 0)) < 1e-5);
          assert.deepEqual(point.payload, all[Number(point.id) - 1]?.payload);
          assert.ok(Math.abs(cosine(point.vector as number[], all[Number(point.id) - 1]?.vector ?? []) - 1) < 1e-6);
        }
        const answer = await fetch(`${ports.rest_url}/collections/shop/points/search`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ vector: query, limit: 7, filter }),
        });
        const searched = (await answer.json()) as { result: { id: number; score: number }[] };
        assert.deepEqual(
          searched.result.map(({ id, score }) => [id, score]),
          found.points.map(({ id, score }) => [id, score]),
        );
      }
      const query = all[0]?.vector ?? [];
      const wired = await grpc
        .api('points')
        .search({ collectionName: 'shop', vector: query, limit: 5n, withPayload: { selectorOptions: { case: 'enable', value: true } } });
      assert.deepEqual(
        wired.result.map(({ id }) => Number(id?.pointIdOptions.value)),
        nearest(all, query, 5).map(({ id }) => id),
      );
      assert.equal(wired.result[0]?.payload['color']?.kind.value, all[0]?.payload.color);
    });
  });

  test('every kind of change takes effect, through either client', async () => {
    await rest.createCollection('changes', { vectors: { a: { size: 2, distance: 'Dot' }, b: { size: 3, distance: 'Euclid' } } });
    const id = '0b6d6a4e-5d0c-4c86-9d0a-3f1f0f3c2a11';
    const ids = [id, 7];
    await rest.upsert('changes', {
      wait: true,
      batch: {
        ids,
        vectors: {
          a: [
            [1, 2],
            [3, 4],
          ],
          b: [
            [1, 0, 0],
            [0, 1, 0],
          ],
        },
        payloads: [{ n: { m: 1 } }, { n: { m: 2 } }],
      },
    });
    await rest.setPayload('changes', { wait: true, payload: { m: 9 }, key: 'n', points: [7] });
    await rest.setPayload('changes', {
      wait: true,
      payload: { extra: [1, 'x', null] },
      filter: { must: [{ key: 'n.m', match: { value: 1 } }] },
    });
    await rest.updateVectors('changes', { wait: true, points: [{ id: 7, vector: { a: [5, 6] } }] });
    const [first, second] = await rest.retrieve('changes', { ids: [id, 7], with_vector: true });
    assert.deepEqual([first?.id, first?.payload, first?.vector], [id, { n: { m: 1 }, extra: [1, 'x', null] }, { a: [1, 2], b: [1, 0, 0] }]);
    assert.deepEqual([second?.id, second?.payload, second?.vector], [7, { n: { m: 9 } }, { a: [5, 6], b: [0, 1, 0] }]);
    await rest.overwritePayload('changes', { wait: true, payload: { only: true }, points: [7] });
    await rest.deletePayload('changes', { wait: true, keys: ['extra'], points: [id] });
    await rest.deleteVectors('changes', { wait: true, vector: ['b'], points: [7] });
    await rest.batchUpdate('changes', {
      wait: true,
      operations: [
        { upsert: { points: [{ id: 8, vector: { a: [0, 1] }, payload: { z: 1 } }] } },
        { set_payload: { payload: { z: 2 }, points: [8] } },
        { clear_payload: { points: [id] } },
      ],
    });
    const page = await rest.scroll('changes', { limit: 2, with_vector: true });
    assert.deepEqual(
      page.points.map((point) => [point.id, point.payload]),
      [
        [7, { only: true }],
        [8, { z: 2 }],
      ],
    );
    assert.deepEqual(page.points[0]?.vector, { a: [5, 6] });
    const rest_of = await rest.scroll('changes', { offset: page.next_page_offset as number | string });
    assert.deepEqual([rest_of.points.map((point) => [point.id, point.payload]), rest_of.next_page_offset], [[[id, {}]], null]);
    const named = await rest.query('changes', { query: [0, 1], using: 'a', limit: 3 });
    assert.deepEqual(
      named.points.map((point) => [point.id, point.score]),
      [
        [7, 6],
        [id, 2],
        [8, 1],
      ],
    );
    const like = await rest.query('changes', { query: id, using: 'b' });
    assert.deepEqual(like.points, []);
    await grpc.api('points').delete({
      collectionName: 'changes',
      wait: true,
      points: { pointsSelectorOneOf: { case: 'points', value: { ids: [{ pointIdOptions: { case: 'num', value: 8n } }] } } },
    });
    await rest.delete('changes', { wait: true, filter: { must: [{ key: 'only', match: { value: true } }] } });
    assert.equal((await rest.count('changes', { exact: true })).count, 1);
    const snapshot = await rest.createSnapshot('changes');
    assert.deepEqual(
      (await rest.listSnapshots('changes')).map(({ name }) => name),
      [snapshot?.name],
    );
    assert.equal(await rest.deleteSnapshot('changes', snapshot?.name ?? ''), true);
    assert.equal((await rest.collectionExists('changes')).exists, true);
    assert.equal(await rest.deleteCollection('changes'), true);
    assert.equal(await rest.deleteCollection('changes'), false);
  });

  test('ids of 64 bits and dates survive the way through JSON', async () => {
    await rest.createCollection('wide', { vectors: { size: 1, distance: 'Dot' } });
    const put = (body: string) =>
      fetch(`${ports.rest_url}/collections/wide/points?wait=true`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body,
      });
    assert.equal(
      (
        await put(
          '{"points":[{"id":18446744073709551615,"vector":[0.25],"payload":{"big":9007199254740993,"at":"2026-01-31T12:00:00+02:00"}}]}',
        )
      ).status,
      200,
    );
    const text = await (await fetch(`${ports.rest_url}/collections/wide/points/18446744073709551615`)).text();
    assert.match(text, /"id":18446744073709551615/);
    assert.match(text, /"big":9007199254740993/);
    const at = (range: object) => rest.count('wide', { filter: { must: [{ key: 'at', range }] } });
    assert.equal((await at({ gte: '2026-01-31T10:00:00Z', lt: '2026-01-31T10:00:01Z' })).count, 1);
    assert.equal((await at({ gt: '2026-01-31T10:00:00Z' })).count, 0);
  });

  test('wrong requests get the status and envelope of Qdrant', async () => {
    await rest.createCollection('strict', { vectors: { size: 2, distance: 'Cosine' } });
    const ask = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${ports.rest_url}${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const answer = (await response.json()) as { status: { error?: string }; time: number };
      assert.equal(typeof answer.time, 'number');
      return [response.status, answer.status.error ?? ''] as const;
    };
    const point = (more: object) => ({ points: [{ id: 1, vector: [1, 0], ...more }] });
    const cases: [string, string, unknown, number, RegExp][] = [
      ['GET', '/collections/nope', undefined, 404, /^Not found: Collection `nope` doesn't exist!$/],
      [
        'PUT',
        '/collections/strict',
        { vectors: { size: 2, distance: 'Cosine' } },
        409,
        /^Wrong input: Collection `strict` already exists!$/,
      ],
      ['PUT', '/collections/x', { vectors: { size: 0, distance: 'Cosine' } }, 422, /^Validation error in JSON body: \[vectors\.size/],
      ['PUT', '/collections/x', { vectors: { size: 2, distance: 'Far' } }, 400, /^Format error in JSON body.*unknown variant/],
      ['PUT', '/collections/x', { vectors: { size: 2, distance: 'Dot' }, sparse_vectors: { s: {} } }, 400, /sparse vectors/],
      ['PUT', '/collections/strict/points', '{"points": [', 400, /^Format error in JSON body/],
      ['PUT', '/collections/strict/points', point({ vector: [1e39, 0] }), 400, /vector: 1e\+39 is out of the range of a 32-bit float/],
      [
        'PUT',
        '/collections/strict/points',
        '{"points": [{"id": 1, "vector": [1, 0], "payload": {"a": 1e999}}]}',
        400,
        /number out of range: 1e999/,
      ],
      ['POST', '/collections/strict/points/search', { vector: [1, -1e300], limit: 1 }, 400, /32-bit float/],
      [
        'PUT',
        '/collections/x',
        { vectors: { size: 2, distance: 'Dot' }, shard_number: 2 ** 32 },
        422,
        /shard_number: value 4294967296 invalid, must be at most 4294967295/,
      ],
      [
        'POST',
        '/collections/strict/points/scroll',
        { filter: { must: [{ key: 'd', range: { gt: '2023-02-29' } }] } },
        400,
        /"2023-02-29" is not a date/,
      ],
      ['PUT', '/collections/strict/points', { points: 'x'.repeat(40 * 1024 * 1024) }, 413, /^Payload error: .*33554432 bytes/],
      [
        'POST',
        '/collections/strict/points/search',
        { vector: [1, 0], limit: 1, score_threshold: 1e39 },
        400,
        /score_threshold.*32-bit float/,
      ],
      ['PUT', '/collections/strict/points', point({ id: -1 }), 400, /not a valid point ID/],
      ['PUT', '/collections/strict/points', point({ id: 'x' }), 400, /not a valid point ID/],
      ['PUT', '/collections/strict/points', point({ vector: [1] }), 400, /^Wrong input: Vector dimension error: expected dim: 2, got 1$/],
      ['PUT', '/collections/strict/points', point({ vector: [[1, 0]] }), 400, /multivectors/],
      ['PUT', '/collections/strict/points', point({ vector: { other: [1, 0] } }), 400, /Not existing vector name/],
      ['PUT', '/collections/strict/points', { batch: { ids: [1, 2], vectors: [[1, 0]] } }, 422, /batch\.vectors/],
      ['POST', '/collections/strict/points/query', { query: [1, 0], limit: 0 }, 422, /limit: value 0 invalid, must be 1 or larger/],
      ['POST', '/collections/strict/points/query', { prefetch: [{ query: [1, 0] }] }, 400, /prefetch/],
      ['POST', '/collections/strict/points/search', { vector: [1, 0] }, 400, /missing field `limit`/],
      [
        'POST',
        '/collections/strict/points/search',
        { vector: [1, 0], limit: 1, filter: { must: [{ key: 'a' }] } },
        422,
        /^Validation error/,
      ],
      ['POST', '/collections/strict/points/search', { vector: [1, 0], limit: 1, filter: { mist: [] } }, 400, /unknown field `mist`/],
      ['POST', '/collections/strict/points/scroll', { order_by: 'a' }, 400, /^Wrong input: No range index for `order_by` key: `a`/],
      ['POST', '/collections/strict/facet', { key: 'a' }, 400, /^Wrong input: No appropriate index for faceting: `a`/],
      ['POST', '/collections/strict/facet', {}, 400, /missing field `key`/],
      ['POST', '/collections/nope/facet', { key: 'a' }, 404, /^Not found: Collection `nope` doesn't exist!$/],
      ['PATCH', '/collections/nope', {}, 404, /^Not found: Collection `nope` doesn't exist!$/],
      ['PATCH', '/collections/strict', { hnsw_config: { m: 1 } }, 400, /^Wrong input: graph_links/],
      [
        'POST',
        '/collections/aliases',
        { actions: [{ create_alias: { collection_name: 'nope', alias_name: 'x' } }] },
        404,
        /^Not found: Collection `nope` doesn't exist!$/,
      ],
      [
        'POST',
        '/collections/aliases',
        { actions: [{ create_alias: { collection_name: 'strict', alias_name: 'strict' } }] },
        409,
        /already exists!$/,
      ],
      [
        'POST',
        '/collections/aliases',
        { actions: [{ rename_alias: { old_alias_name: 'nope', new_alias_name: 'x' } }] },
        404,
        /^Not found: Alias nope/,
      ],
      [
        'POST',
        '/collections/aliases',
        { actions: [{ create_alias: { collection_name: 'codeoptima_fences', alias_name: 'x' } }] },
        403,
        /belong to the memory gateway/,
      ],
      ['POST', '/collections/strict/points/recommend', {}, 400, /Not supported by this server/],
      ['GET', '/collections/strict/points/5', undefined, 404, /^Not found: Point with id 5 does not exists!$/],
      [
        'POST',
        '/collections/strict/points/payload?wait=true',
        { payload: { a: 1 }, points: [77] },
        404,
        /^Not found: No point with id 77 found$/,
      ],
      ['PUT', '/collections/strict/points/payload', { payload: { a: 1 }, points: [77] }, 404, /^Not found: No point with id 77 found$/],
      [
        'PUT',
        '/collections/strict/points/vectors',
        { points: [{ id: 77, vector: [1, 0] }] },
        404,
        /^Not found: No point with id 77 found$/,
      ],
      ['GET', '/nowhere', undefined, 404, /^Not found/],
      ['GET', '/collections/%E0%A4%A', undefined, 400, /not a valid url/],
      ['POST', '/snapshots', undefined, 400, /Not supported by this server/],
      ['GET', '/collections/codeoptima_fences', undefined, 403, /belong to the memory gateway/],
    ];
    for (const [method, path, body, status, message] of cases) {
      const [found, error] = await ask(method, path, body);
      assert.equal(found, status, `${method} ${path}: ${error}`);
      assert.match(error, message);
    }
    assert.deepEqual(await (await fetch(`${ports.rest_url}/healthz`)).text(), 'healthz check passed');
    assert.match(await (await fetch(`${ports.rest_url}/metrics`)).text(), /process_cpu/);
  });

  test('a field with two conditions meets one of them, as in Qdrant, and what is counted alone', async () => {
    await rest.createCollection('either', { vectors: { size: 1, distance: 'Dot' } });
    const payloads = [{ v: 'red' }, { v: 7 }, { v: 1 }, {}, { v: ['red', 1] }];
    await rest.upsert('either', { wait: true, points: payloads.map((payload, id) => ({ id, vector: [1], payload })) });
    const found = async (condition: object) =>
      (await rest.scroll('either', { filter: { must: [{ key: 'v', ...condition }] } })).points.map(({ id }) => id);
    assert.deepEqual(await found({ match: { value: 'red' }, range: { gt: 5 } }), [0, 1, 4]);
    assert.deepEqual(await found({ match: { value: 'red' }, values_count: { gte: 2 } }), [4]);
    await rest.deleteCollection('either');
  });

  test('a search tells how it was done, through either port, when it is asked', async () => {
    await rest.createCollection('plain', { vectors: { size: 2, distance: 'Dot' } });
    await rest.upsert('plain', { wait: true, points: [1, 2, 3].map((id) => ({ id, vector: [id, 1] })) });
    const ask = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${ports.rest_url}/collections/plain/points/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return (await answer.json()) as { explain?: { parts: { strategy: string; rows: number; allowed: number }[] }[] };
    };
    const one = { query: [1, 0], filter: { must: [{ has_id: [1, 2] }] } };
    const { explain } = await ask('query?explain=true', one);
    assert.deepEqual(
      explain?.map(({ parts }) => parts.map(({ strategy, rows, allowed }) => [strategy, rows, allowed])),
      [[['exact', 3, 2]]],
    );
    assert.equal((await ask('query/batch?explain=true', { searches: [one, { query: [0, 1] }] })).explain?.length, 2);
    assert.equal((await ask('query', one)).explain, undefined);
    const wire = new Wire({ address: `127.0.0.1:${ports.grpc_port}`, api_key: null });
    let plans = '';
    await wire.call(Points.method.search, { collectionName: 'plain', vector: [1, 0], limit: 1n }, 5_000, (told) => {
      plans = told;
    });
    wire.close();
    assert.equal(JSON.parse(plans).parts[0].rows, 3);
    await rest.deleteCollection('plain');
  });

  test('an answer that would be too large is refused for good, and a scroll by id goes on where its page is full', async () => {
    await rest.createCollection('broad', { vectors: { size: 4096, distance: 'Dot' } });
    const vector = Array.from({ length: 4096 }, (_, index) => (index % 7) - 3);
    await rest.upsert('broad', { wait: true, points: [{ id: 1, vector }] });
    const ids = Array.from({ length: 3_000 }, () => 1);
    await assert.rejects(rest.retrieve('broad', { ids, with_vector: true }), (error: { status?: number; data?: unknown }) => {
      assert.match(JSON.stringify(error.data), /the answer would be larger than 64 MiB/);
      return error.status === 400;
    });
    assert.equal((await rest.retrieve('broad', { ids })).length, 3_000);
    const long = 's'.repeat(8 * 1024 * 1024);
    for (let id = 2; id < 14; id += 1) await rest.upsert('broad', { points: [{ id, vector: {}, payload: { long } }] });
    const pages: unknown[][] = [];
    for (let offset: number | undefined = 2; offset !== undefined; ) {
      const page = await rest.scroll('broad', { limit: 100, offset });
      pages.push(page.points.map(({ id }) => id));
      offset = (page.next_page_offset as number | null) ?? undefined;
    }
    assert.ok(pages.length > 1);
    assert.deepEqual(
      pages.flat(),
      Array.from({ length: 12 }, (_, index) => index + 2),
    );
    await rest.deleteCollection('broad');
  });

  test("the gateway's own collections are out of reach through both ports", async () => {
    const direct = new GrpcClient({ host: '127.0.0.1', port: ports.grpc_port });
    await assert.rejects(direct.api('points').scroll({ collectionName: 'codeoptima_messages' }), /belong to the memory gateway/);
    await assert.rejects(direct.api('collections').create({ collectionName: 'codeoptima_x' }), /belong to the memory gateway/);
    await assert.rejects(rest.scroll('codeoptima_messages'), /Forbidden/);
    await assert.rejects(direct.api('points').recommend({ collectionName: 'shop' }), /Recommend/);
  });
});

describe('a backend at a TCP address behind an api key, as a Qdrant cluster is', { skip: await noSidecar() }, () => {
  const key = 'a key of more than sixteen characters';

  test('the same wire goes there with `api-key`, and clients show a key of their own', async (t) => {
    const port = await freePort();
    const engine = await startSidecar({
      listen: () => `127.0.0.1:${port}`,
      token_file: (folder) => {
        const path = join(folder, 'token');
        writeFileSync(path, key);
        chmodSync(path, 0o600);
        return path;
      },
    });
    t.after(() => engine.stop());
    const ports = await testPorts(`http://127.0.0.1:${port}`, { backend: key, clients: 'the key of the clients' });
    t.after(() => ports.stop());
    const rest = new QdrantClient({ url: ports.rest_url, apiKey: 'the key of the clients', checkCompatibility: false });
    await rest.createCollection('far', { vectors: { size: 2, distance: 'Dot' } });
    assert.deepEqual((await rest.getCollections()).collections, [{ name: 'far' }]);
    const grpc = new GrpcClient({
      url: `http://127.0.0.1:${ports.grpc_port}`,
      apiKey: 'the key of the clients',
      checkCompatibility: false,
    });
    assert.equal((await grpc.api('collections').list({})).collections.length, 1);
    const stranger = new QdrantClient({ url: ports.rest_url, apiKey: 'another key', checkCompatibility: false });
    await assert.rejects(stranger.getCollections(), (error: { status?: number }) => error.status === 401);
    await assert.rejects(
      new GrpcClient({ host: '127.0.0.1', port: ports.grpc_port, checkCompatibility: false }).api('collections').list({}),
      /API key/,
    );
    const settings = { MEMORY_BACKEND: 'qdrant', CODEOPTIMA_MEMORY_BACKEND_API_KEY: key };
    const gateway = await testGateway({ address: `http://127.0.0.1:${port}`, folder: engine.folder }, settings);
    t.after(() => gateway.stop());
    const memories = [{ kind: 'note', text: 'kept far away', tier: Tier.PROJECT }];
    const { ids } = await gateway.client.remember({ caller: CALLER, fence: fence(), memories });
    const found = await gateway.client.recall({ caller: CALLER, query: { case: 'text', value: 'far away' } });
    assert.deepEqual(
      found.results.map(({ memory }) => memory?.id),
      ids,
    );
    assert.equal((await gateway.client.stats({ caller: CALLER })).backend, 'qdrant');
    await gateway.sweep();
    const unkeyed = await testPorts(`127.0.0.1:${port}`);
    const refused = await fetch(`${unkeyed.rest_url}/collections`);
    assert.equal(refused.status, 401);
    await unkeyed.stop();
  });
});
