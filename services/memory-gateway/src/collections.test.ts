import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { noSidecar, startSidecar, type TestSidecar, withSeed } from '@codeoptima/testkit';
import { QdrantClient as GrpcClient } from '@qdrant/js-client-grpc';
import { QdrantClient } from '@qdrant/js-client-rest';
import { type Example, EXAMPLE_SIZE as SIZE, examples } from './testing/examples.ts';
import { testPorts } from './testing/ports.ts';

describe('what clients do with whole collections', { skip: await noSidecar() }, () => {
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

  test('values are counted and points come in the order of a field', async () => {
    await withSeed(async ({ next }) => {
      const all = examples(next);
      await rest.createCollection('counted', { vectors: { size: SIZE, distance: 'Cosine' } });
      await rest.upsert('counted', { wait: true, points: all.map((each) => ({ ...each })) });
      await assert.rejects(rest.facet('counted', { key: 'color' }), (error: { status?: number }) => error.status === 400);
      for (const [field_name, field_schema] of [
        ['color', 'keyword'],
        ['tags', 'keyword'],
        ['price', 'integer'],
        ['on', 'bool'],
      ] as const)
        await rest.createPayloadIndex('counted', { field_name, field_schema, wait: true });
      const counted = (chosen: Example[], of: (example: Example) => (string | number | boolean)[]) => {
        const counts = new Map<string | number | boolean, number>();
        for (const value of chosen.flatMap(of)) counts.set(value, (counts.get(value) ?? 0) + 1);
        return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
      };
      assert.deepEqual(
        (await rest.facet('counted', { key: 'color' })).hits,
        counted(all, ({ payload }) => [payload.color]),
      );
      assert.deepEqual(
        (await rest.facet('counted', { key: 'tags', exact: true })).hits,
        counted(all, ({ payload }) => payload.tags),
      );
      assert.deepEqual(
        (await rest.facet('counted', { key: 'on' })).hits,
        counted(all, ({ payload }) => [payload.on]),
      );
      const cheap = { must: [{ key: 'price', range: { lt: 30 } }] };
      const prices = counted(
        all.filter(({ payload }) => payload.price < 30),
        ({ payload }) => [payload.price],
      );
      assert.deepEqual((await rest.facet('counted', { key: 'price', limit: 5, filter: cheap })).hits, prices.slice(0, 5));
      const wired = await grpc.api('points').facet({ collectionName: 'counted', key: 'color' });
      assert.deepEqual(
        wired.hits.map(({ value, count }) => [value?.variant.value, Number(count)]),
        counted(all, ({ payload }) => [payload.color]).map(({ value, count }) => [value, count]),
      );

      const rising = all.toSorted((a, b) => a.payload.price - b.payload.price || a.id - b.id);
      const first = await rest.scroll('counted', { order_by: 'price', limit: 50 });
      assert.deepEqual(
        first.points.map(({ id, order_value }) => [id, order_value]),
        rising.slice(0, 50).map(({ id, payload }) => [id, payload.price]),
      );
      assert.equal(first.next_page_offset, null);
      // The same as a query: nothing is compared, so every score is 1.
      const queried = await rest.query('counted', { query: { order_by: 'price' }, limit: 20, offset: 30 });
      assert.deepEqual(
        queried.points.map(({ id, order_value, score }) => [id, order_value, score]),
        rising.slice(30, 50).map(({ id, payload }) => [id, payload.price, 1]),
      );
      const unordered = await rest.query('counted', { limit: 3, offset: 2 });
      assert.deepEqual(
        unordered.points.map(({ id, score }) => [id, score]),
        all.slice(2, 5).map(({ id }) => [id, 1]),
      );
      const falling = all
        .filter(({ payload }) => payload.price <= 40 && payload.on)
        .sort((a, b) => b.payload.price - a.payload.price || a.id - b.id);
      const second = await rest.scroll('counted', {
        order_by: { key: 'price', direction: 'desc', start_from: 40 },
        filter: { must: [{ key: 'on', match: { value: true } }] },
        limit: 20,
      });
      assert.deepEqual(
        second.points.map(({ id }) => id),
        falling.slice(0, 20).map(({ id }) => id),
      );
      await assert.rejects(rest.scroll('counted', { order_by: 'price', offset: 3 }), (error: { status?: number }) => error.status === 400);
      await rest.deleteCollection('counted');
    });
  });

  test('a collection has other names, and new settings, for as long as it is there', async () => {
    await rest.createCollection('blue', { vectors: { size: 2, distance: 'Dot' } });
    await rest.createCollection('green', { vectors: { size: 2, distance: 'Dot' } });
    await rest.upsert('green', { wait: true, points: [{ id: 5, vector: [1, 0] }] });
    const create = (collection_name: string, alias_name: string) => ({ create_alias: { collection_name, alias_name } });
    assert.equal(await rest.updateCollectionAliases({ actions: [create('blue', 'live'), create('blue', 'spare')] }), true);
    assert.equal((await rest.count('live')).count, 0);
    await assert.rejects(
      rest.updateCollectionAliases({ actions: [{ delete_alias: { alias_name: 'live' } }, create('nope', 'live')] }),
      (error: { status?: number }) => error.status === 404,
    );
    assert.equal((await rest.count('live')).count, 0, 'an action that fails undoes those before it');
    await rest.updateCollectionAliases({ actions: [{ delete_alias: { alias_name: 'live' } }, create('green', 'live')] });
    assert.equal((await rest.count('live')).count, 1);
    await grpc.api('collections').updateAliases({
      actions: [{ action: { case: 'renameAlias', value: { oldAliasName: 'spare', newAliasName: 'other' } } }],
    });
    const names = (answer: { aliases: { alias_name: string; collection_name: string }[] }) =>
      answer.aliases.map(({ alias_name, collection_name }) => `${alias_name}=${collection_name}`);
    assert.deepEqual(names(await rest.getAliases()), ['live=green', 'other=blue']);
    assert.deepEqual(names(await rest.getCollectionAliases('blue')), ['other=blue']);
    assert.equal((await rest.collectionExists('live')).exists, true);
    await assert.rejects(rest.createCollection('live', { vectors: { size: 2, distance: 'Dot' } }), /Bad Request/);
    const reserved = { case: 'createAlias' as const, value: { collectionName: 'codeoptima_fences', aliasName: 'x' } };
    await assert.rejects(grpc.api('collections').updateAliases({ actions: [{ action: reserved }] }), /belong to the memory gateway/);

    assert.equal(await rest.updateCollection('live', { hnsw_config: { m: 24 }, optimizers_config: { indexing_threshold: 10_000 } }), true);
    assert.equal((await rest.getCollection('green')).config.hnsw_config.m, 24);
    assert.equal((await rest.count('green')).count, 1, 'what it held is there');
    await rest.updateCollection('green', { hnsw_config: { m: 0 } });
    assert.equal((await rest.getCollection('green')).config.hnsw_config.m, 0);

    assert.equal(await rest.deleteCollection('live'), false, 'an alias is no collection');
    assert.equal(await rest.deleteCollection('green'), true);
    assert.deepEqual(names(await rest.getAliases()), ['other=blue'], 'its aliases went with it');
    await rest.deleteCollection('blue');
  });

  test('a snapshot goes back in place, into another collection, and out as an archive', async () => {
    await rest.createCollection('kept', { vectors: { size: 2, distance: 'Dot' } });
    const points = [1, 2, 3].map((id) => ({ id, vector: [id, 1], payload: { id } }));
    await rest.upsert('kept', { wait: true, points });
    const name = (await rest.createSnapshot('kept'))?.name ?? '';
    await rest.delete('kept', { wait: true, points: [2] });
    const location = `file:///qdrant/snapshots/kept/${name}`;
    assert.equal(await rest.recoverSnapshot('kept', { location, priority: 'snapshot' }), true);
    assert.equal(await rest.recoverSnapshot('copy', { location }), true);
    for (const collection of ['kept', 'copy'])
      assert.deepEqual(
        (await rest.scroll(collection)).points.map(({ payload }) => payload),
        points.map(({ payload }) => payload),
      );
    const url = `${ports.rest_url}/collections/kept/snapshots`;
    const answer = await fetch(`${url}/${name}`);
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/octet-stream']);
    const archive = join(engine.folder, 'kept.tar');
    writeFileSync(archive, Buffer.from(await answer.arrayBuffer()));
    const unpacked = join(engine.folder, 'unpacked');
    mkdirSync(unpacked);
    execFileSync('tar', ['-xf', archive, '-C', unpacked]);
    const files = readdirSync(join(unpacked, name));
    assert.ok(files.includes('MANIFEST') && files.includes('SNAPSHOT') && files.some((file) => file.startsWith('seg-')), files.join(' '));
    const says = async (path: string, wanted: number, words: RegExp, init?: RequestInit): Promise<void> => {
      const refused = await fetch(`${url}/${path}`, init);
      assert.equal(refused.status, wanted);
      assert.match(((await refused.json()) as { status: { error: string } }).status.error, words);
    };
    await says('none.snapshot', 404, /^Not found: Snapshot `none.snapshot` doesn't exist!$/);
    const recover = (from: string) => ({
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ location: from }),
    });
    await says('recover', 404, /^Not found: Snapshot/, recover('file:///kept/none.snapshot'));
    await says('recover', 400, /snapshots from another server/, recover('https://example.com/kept/a.snapshot'));
    await says('recover', 422, /location/, recover('a.snapshot'));
    await says('recover', 403, /belong to the memory gateway/, recover('file:///codeoptima_hot/a.snapshot'));
    await rest.deleteCollection('copy');
    await rest.deleteCollection('kept');
  });
});
