import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createClient } from '@codeoptima/rpc';
import { CodeOptimaError, type ErrorCode } from '@codeoptima/contracts';
import { Language, MemoryService, Tier, Visibility } from '@codeoptima/contracts/memory';
import { noSidecar, startSidecar, type TestSidecar } from '@codeoptima/testkit';
import { byText, CALLER, fence, type TestGateway, testGateway } from './testing/harness.ts';

const NESTED = `function pairs(list) { const out = []; for (const a of list) { for (const b of list) { if (out.indexOf(a + b) < 0) out.push(a + b); } } return out; }`;
const LIKE_NESTED = `function unique(rows) { const seen = []; for (const r of rows) { for (const s of rows) { if (seen.indexOf(r + s) < 0) seen.push(r + s); } } return seen; }`;
const OTHER = `async function load(path) { const text = await readFile(path, 'utf8'); return JSON.parse(text); }`;

const refusal = (code: ErrorCode) => (error: unknown) => error instanceof CodeOptimaError && error.code === code;

describe('memory.v1 over a real engine', { skip: await noSidecar() }, () => {
  let engine: TestSidecar;
  let gateway: TestGateway;
  before(async () => {
    engine = await startSidecar();
    gateway = await testGateway(engine);
  });
  after(async () => {
    await gateway?.stop();
    await engine?.stop();
  });

  const remember = async (source: string, more: object = {}, caller = CALLER) => {
    const memory = { kind: 'verdict', code: { source, language: Language.JS }, ...more };
    return (await gateway.client.remember({ caller, fence: fence(), memories: [memory] })).ids[0] ?? '';
  };
  const idsOf = (answer: { results: { memory?: { id: string } | undefined }[] }) => answer.results.map(({ memory }) => memory?.id);

  test('what was remembered is recalled by likeness, nearest first, with everything it carried', async () => {
    const id = await remember(NESTED, { data: { gain: 0.4, rule: 'set', tags: ['a'] }, task: 'verify', status: 'accepted', priority: 3 });
    const other = await remember(OTHER);
    const code = { source: LIKE_NESTED, language: Language.JS };
    const answer = await gateway.client.recall({ caller: CALLER, query: { case: 'code', value: code }, limit: 2 });
    assert.deepEqual(idsOf(answer), [id, other]);
    const [best, worst] = answer.results;
    assert.ok(best && worst && best.score > worst.score + 0.2, `${best?.score} against ${worst?.score}`);
    assert.deepEqual(best.memory?.data, { gain: 0.4, rule: 'set', tags: ['a'] });
    assert.deepEqual(
      [best.memory?.task, best.memory?.status, best.memory?.priority, best.memory?.tier],
      ['verify', 'accepted', 3, Tier.HOT],
    );
    assert.equal(best.memory?.code?.source, NESTED);
    assert.deepEqual(Object.keys(best.channelScores).sort(byText), ['code', 'context', 'performance', 'quality', 'structure']);
    assert.equal(
      await remember(NESTED, { data: { gain: 0.4, rule: 'set', tags: ['a'] }, task: 'verify' }),
      id,
      'the same again is the same',
    );
    const like = await gateway.client.recall({ caller: CALLER, query: { case: 'likeId', value: id }, limit: 1 });
    assert.deepEqual(idsOf(like), [other]);
  });

  test('by id, by filter, page by page, and by text', async () => {
    const caller = { ...CALLER, project: 'pages' };
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.push(await remember(OTHER, { task: `t${i % 2}`, data: { i }, text: `note ${i}` }, caller));
    const one = await gateway.client.recall({ caller, query: { case: 'ids', value: { ids: [ids[3] ?? '', crypto.randomUUID()] } } });
    assert.deepEqual(idsOf(one), [ids[3]]);
    const filtered = await gateway.client.recall({ caller, filter: { tasks: ['t1'] }, limit: 50 });
    assert.deepEqual(idsOf(filtered).sort(byText), [ids[1], ids[3]].sort(byText));
    const byData = await gateway.client.recall({ caller, filter: { data: { i: { kind: { case: 'numberValue', value: 4 } } } } });
    assert.deepEqual(idsOf(byData), [ids[4]]);
    const seen: (string | undefined)[] = [];
    for (let pageToken = ''; ; ) {
      const page = await gateway.client.recall({ caller, limit: 2, pageToken });
      seen.push(...idsOf(page));
      if ((pageToken = page.nextPageToken) === '') break;
    }
    assert.deepEqual(seen.sort(byText), ids.sort(byText));
    const noted = await gateway.client.remember({
      caller,
      fence: fence(),
      memories: [{ kind: 'note', text: 'cache invalidation strategy' }],
    });
    const said = await gateway.client.recall({
      caller,
      query: { case: 'text', value: 'invalidation of the cache' },
      filter: { kinds: ['note'] },
    });
    assert.deepEqual(idsOf(said), noted.ids);
  });

  test('a write of an older epoch is refused, also after the gateway was started anew', async () => {
    const { itemId } = fence();
    const memories = [{ kind: 'note', text: 'under an epoch' }];
    await gateway.client.remember({ caller: CALLER, fence: { itemId, epoch: 3n }, memories });
    await gateway.client.remember({ caller: CALLER, fence: { itemId, epoch: 3n }, memories });
    const stale = { caller: CALLER, fence: { itemId, epoch: 2n } };
    await assert.rejects(gateway.client.remember({ ...stale, memories }), refusal('stale_epoch'));
    await assert.rejects(gateway.client.forget({ ...stale, what: { case: 'everything', value: true } }), refusal('stale_epoch'));
    await assert.rejects(gateway.client.send({ ...stale, message: { toRole: 'x' } }), refusal('stale_epoch'));
    assert.equal((await gateway.client.stats({ caller: CALLER })).staleRefused, 3n);
    const anew = await testGateway(engine);
    await assert.rejects(anew.client.remember({ ...stale, memories }), refusal('stale_epoch'));
    const elsewhere = { caller: { ...CALLER, project: 'epochs' }, fence: { itemId, epoch: 1n } };
    await anew.client.remember({ ...elsewhere, memories });
    await anew.stop();
    await assert.rejects(gateway.client.remember({ caller: CALLER, memories }), refusal('bad_input'));
  });

  test('nobody reads, changes or forgets what another project or another role keeps for itself', async () => {
    const own = { ...CALLER, project: 'alpha' };
    const rival = { ...CALLER, project: 'beta' };
    const colleague = { ...own, role: 'refactorer' };
    const id = crypto.randomUUID();
    await remember(NESTED, { id, text: 'secret' }, own);
    const roleId = await remember(`${NESTED} // role`, { id: crypto.randomUUID(), visibility: Visibility.ROLE }, own);
    const sharedId = await remember(`${NESTED} // shared`, { visibility: Visibility.SHARED }, own);
    const code = { source: NESTED, language: Language.JS };
    const all = async (caller: typeof own, includeShared: boolean) => {
      const asked = { caller, includeShared, limit: 100 };
      const near = await gateway.client.recall({ ...asked, query: { case: 'code', value: code } });
      const listed = await gateway.client.recall(asked);
      const byId = await gateway.client.recall({ ...asked, query: { case: 'ids', value: { ids: [id, roleId, sharedId] } } });
      for (const answer of [near, byId]) assert.deepEqual(idsOf(answer).sort(byText), idsOf(listed).sort(byText));
      return idsOf(listed).sort(byText);
    };
    assert.deepEqual(await all(own, false), [id, roleId, sharedId].sort(byText));
    assert.deepEqual(await all(colleague, false), [id, sharedId].sort(byText));
    assert.deepEqual(await all(rival, false), []);
    assert.deepEqual(
      (await all(rival, true)).filter((found) => [id, roleId, sharedId].includes(found ?? '')),
      [sharedId],
    );
    await assert.rejects(
      gateway.client.recall({ caller: rival, includeShared: true, query: { case: 'likeId', value: id } }),
      refusal('not_found'),
    );
    // The filter cannot widen what is visible.
    assert.deepEqual(
      idsOf(await gateway.client.recall({ caller: colleague, filter: { roles: ['analyzer'] }, limit: 100 })).sort(byText),
      [id, sharedId].sort(byText),
    );
    const forgotten = async (caller: typeof own, ids: string[]) =>
      (await gateway.client.forget({ caller, fence: fence(), what: { case: 'ids', value: { ids } } })).forgotten;
    assert.equal(await forgotten(rival, [id, roleId, sharedId]), 0n);
    assert.equal(await forgotten(colleague, [roleId]), 0n);
    await remember(OTHER, { id, text: 'mine now' }, rival);
    await assert.rejects(remember(OTHER, { id: roleId }, colleague), refusal('conflict'));
    await gateway.client.forget({ caller: rival, fence: fence(), what: { case: 'everything', value: true } });
    assert.deepEqual(await all(own, false), [id, roleId, sharedId].sort(byText));
    const kept = await gateway.client.recall({ caller: own, query: { case: 'ids', value: { ids: [id] } } });
    assert.equal(kept.results[0]?.memory?.text, 'secret');
    assert.equal(
      (await gateway.client.stats({ caller: rival })).tiers.reduce((sum, { memories }) => sum + memories, 0n),
      0n,
    );
  });

  test('a token speaks for the projects and roles it was granted, and for no other', async (t) => {
    const token_sha256 = (token: string) => createHash('sha256').update(token).digest('hex');
    const path = join(engine.folder, 'grants.json');
    const grants = [
      { token_sha256: token_sha256('the token of alpha'), projects: ['alpha'], roles: ['analyzer'] },
      { token_sha256: token_sha256('the token of everybody'), projects: ['*'], roles: ['*'] },
      { token_sha256: token_sha256('the token of two'), projects: ['alpha'], roles: ['analyzer', 'builder'] },
      { token_sha256: token_sha256('the token of two'), projects: ['beta', 'gamma'], roles: ['reviewer'] },
    ];
    writeFileSync(path, JSON.stringify(grants));
    const guarded = await testGateway(engine, { CODEOPTIMA_MEMORY_LISTEN: '127.0.0.1:0', CODEOPTIMA_MEMORY_GRANTS: path });
    t.after(() => guarded.stop());
    const ask = async (token: string | null, project: string, role: string): Promise<string> => {
      const client = createClient(MemoryService, { address: guarded.server.address, ...(token === null ? {} : { token }) });
      const answer = await client.stats({ caller: { project, role } }).then(
        () => 'in',
        (error: CodeOptimaError) => error.code,
      );
      client.close();
      return answer;
    };
    assert.equal(await ask('the token of alpha', 'alpha', 'analyzer'), 'in');
    assert.equal(await ask('the token of alpha', 'beta', 'analyzer'), 'unauthenticated');
    assert.equal(await ask('the token of alpha', 'alpha', 'reviewer'), 'unauthenticated');
    assert.equal(await ask('another token altogether', 'alpha', 'analyzer'), 'unauthenticated');
    assert.equal(await ask(null, 'alpha', 'analyzer'), 'unauthenticated');
    assert.equal(await ask('the token of everybody', 'beta', 'reviewer'), 'in');
    // Two grants of one token add up, and never mix: each project keeps the roles it was granted with.
    const two = ['alpha', 'beta', 'gamma', 'delta'].flatMap((project) =>
      ['analyzer', 'builder', 'reviewer'].map((role) => [project, role] as const),
    );
    const allowed = [];
    for (const [project, role] of two) if ((await ask('the token of two', project, role)) === 'in') allowed.push(`${project} ${role}`);
    assert.deepEqual(allowed, ['alpha analyzer', 'alpha builder', 'beta reviewer', 'gamma reviewer']);
    await assert.rejects(testGateway(engine, { CODEOPTIMA_MEMORY_LISTEN: '127.0.0.1:0' }), refusal('bad_input'));
    writeFileSync(path, '[{"token_sha256":"abc"}]');
    await assert.rejects(testGateway(engine, { CODEOPTIMA_MEMORY_GRANTS: path }), /token_sha256/);
  });

  test('forget takes ids, a filter or everything, and never guesses', async () => {
    const caller = { ...CALLER, project: 'forget' };
    const ids = [];
    for (const status of ['a', 'a', 'b', 'c']) ids.push(await remember(OTHER, { id: crypto.randomUUID(), status }, caller));
    const forget = async (what: Parameters<typeof gateway.client.forget>[0]['what']) =>
      (await gateway.client.forget({ caller, fence: fence(), ...(what ? { what } : {}) })).forgotten;
    assert.equal(await forget({ case: 'ids', value: { ids: [ids[0] ?? '', ids[0] ?? ''] } }), 1n);
    assert.equal(await forget({ case: 'filter', value: { statuses: ['a'] } }), 1n);
    await assert.rejects(forget({ case: 'filter', value: {} }), refusal('bad_input'));
    await assert.rejects(forget(undefined), refusal('bad_input'));
    assert.equal(await forget({ case: 'everything', value: true }), 2n);
    assert.deepEqual((await gateway.client.recall({ caller })).results, []);
  });

  test('what is wrong is named, and never a stack', async () => {
    const bad: [object, RegExp][] = [
      [{ kind: 'note' }, /needs code or text/],
      [{ kind: 'no spaces', text: 'x' }, /memory\.kind/],
      [{ kind: 'n', text: 'x', id: 'nope' }, /not a UUID/],
      [{ kind: 'n', text: 'x', priority: 101 }, /priority 101/],
      [{ kind: 'n', text: 'x', tier: Tier.PROJECT, ttlS: 5n }, /hot tier alone/],
      [{ kind: 'n', text: 'x'.repeat(200_001) }, /200001 characters/],
      [{ kind: 'n', text: 'x', data: { big: 'y'.repeat(300_000) } }, /bytes of JSON/],
      [{ kind: 'n', text: 'x', tier: 9 as Tier }, /tier 9/],
    ];
    for (const [memory, message] of bad)
      await assert.rejects(gateway.client.remember({ caller: CALLER, fence: fence(), memories: [memory] }), (error: CodeOptimaError) => {
        assert.equal(error.code, 'bad_input');
        assert.match(error.message, message);
        return true;
      });
    await assert.rejects(gateway.client.remember({ fence: fence(), memories: [{ kind: 'n', text: 'x' }] }), /caller is missing/);
    await assert.rejects(gateway.client.recall({ caller: { project: '', role: 'r' } }), /caller\.project/);
    await assert.rejects(gateway.client.recall({ caller: CALLER, limit: 201 }), /limit 201/);
    await assert.rejects(gateway.client.recall({ caller: CALLER, pageToken: 'x' }), /page_token/);
    await assert.rejects(gateway.client.recall({ caller: CALLER, scoreAtLeast: Number.NaN }), /score_at_least/);
    await assert.rejects(gateway.client.recall({ caller: CALLER, query: { case: 'text', value: ' ' } }), /text must have/);
  });
});
