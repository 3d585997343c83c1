import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { Client } from 'pg';
import { eventually } from './eventually.ts';
import { seededRandom, withSeed } from './random.ts';
import { createRepository, smallPackage } from './repository.ts';
import { startNats, startPostgres } from './stores.ts';

const one = async (url: string): Promise<unknown> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  const result = await client.query<{ n: number }>('select 1 as n');
  await client.end();
  return result.rows[0]?.n;
};

describe('testkit', () => {
  it('starts a Postgres that survives kill and restart under one address', async () => {
    const postgres = await startPostgres();
    try {
      assert.equal(await one(postgres.url), 1);
      await postgres.kill();
      await assert.rejects(one(postgres.url));
      await postgres.restart();
      assert.equal(await one(postgres.url), 1);
    } finally {
      await postgres.stop();
    }
  });

  it('starts a nats-server that keeps its address through kill, restart and wipe', async () => {
    const nats = await startNats();
    try {
      const before = nats.pid;
      await nats.kill();
      await nats.restart();
      assert.notEqual(nats.pid, before);
      await nats.wipe();
      assert.match(nats.url, /^nats:\/\/[0-9a-f]{48}@127\.0\.0\.1:\d+$/);
    } finally {
      await nats.stop();
    }
  });

  it('builds a repository with a commit, in a folder with a name that asks for care', () => {
    const repository = createRepository(smallPackage(), { name: 'naïve project' });
    assert.equal(basename(repository.dir), 'naïve project');
    assert.equal(repository.git('status', '--porcelain'), '');
    const second = repository.commit('second', { 'src/more.js': 'export {};\n' });
    assert.equal(repository.git('rev-list', '--count', second), '2');
    assert.ok(existsSync(join(repository.dir, 'src', 'more.js')));
    repository.remove();
    assert.equal(existsSync(repository.dir), false);
  });

  it('repeats its random choices and names the seed of a failure', async () => {
    assert.deepEqual(seededRandom(7).shuffle([1, 2, 3, 4, 5]), seededRandom(7).shuffle([1, 2, 3, 4, 5]));
    assert.notDeepEqual(Array.from({ length: 9 }, seededRandom(1).next), Array.from({ length: 9 }, seededRandom(2).next));
    await assert.rejects(
      withSeed(() => assert.fail('broken')),
      /broken\nrepeat with SEED=\d+/,
    );
  });

  it('waits until a check holds and gives its last error when it never does', async () => {
    let calls = 0;
    assert.equal(await eventually(() => ((calls += 1) < 3 ? assert.fail('not yet') : calls)), 3);
    await assert.rejects(
      eventually(() => assert.fail('never'), 60),
      /never/,
    );
  });
});
