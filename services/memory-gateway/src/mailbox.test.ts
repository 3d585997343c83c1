import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CodeOptimaError, type ErrorCode } from '@codeoptima/contracts';
import { Notice_Reason, type SubscribeResponse } from '@codeoptima/contracts/memory';
import { eventually, noSidecar, startSidecar, type TestSidecar } from '@codeoptima/testkit';
import { byText, fence, type TestGateway, testGateway } from './testing/harness.ts';

const refusal = (code: ErrorCode) => (error: unknown) => error instanceof CodeOptimaError && error.code === code;
const ASKER = { project: 'mail', role: 'planner', agent: 'p1' };
const WORKER = { project: 'mail', role: 'analyzer', agent: 'a1' };

describe('messages over a real engine', { skip: await noSidecar() }, () => {
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

  /** An open subscription and what it was told so far. */
  const listen = async (caller: typeof ASKER, topics: string[] = [], from = gateway) => {
    const controller = new AbortController();
    const events: SubscribeResponse['event'][] = [];
    const ended = (async () => {
      for await (const { event } of from.client.subscribe({ caller, topics }, { signal: controller.signal })) events.push(event);
    })().catch((error: unknown) => error);
    await eventually(() => assert.equal(events[0]?.case, 'subscribed'));
    return {
      messages: () => events.flatMap((event) => (event.case === 'message' ? [event.value] : [])),
      notices: () => events.flatMap((event) => (event.case === 'notice' ? [event.value] : [])),
      ended,
      close: async () => {
        controller.abort();
        await ended;
      },
    };
  };
  const send = async (caller: typeof ASKER, message: object) => (await gateway.client.send({ caller, fence: fence(), message })).id;
  const settle = async (caller: typeof ASKER, messageId: string) =>
    (await gateway.client.acknowledge({ caller, fence: fence(), messageId })).settled;

  test('a message waits for its subscriber, is delivered again until settled, and outlives the gateway', async () => {
    const id = await send(ASKER, { toRole: 'analyzer', topic: 'look', body: { file: 'a.ts' } });
    const stranger = await listen({ ...WORKER, project: 'elsewhere' });
    const deaf = await listen(WORKER, ['other']);
    const first = await listen(WORKER);
    await eventually(() =>
      assert.deepEqual(
        first.messages().map((message) => [message.id, message.body]),
        [[id, { file: 'a.ts' }]],
      ),
    );
    assert.deepEqual(first.messages()[0]?.from && { ...first.messages()[0]?.from, $typeName: undefined }, {
      ...ASKER,
      $typeName: undefined,
    });
    await first.close();
    const anew = await testGateway(engine);
    const second = await listen(WORKER, [], anew);
    await eventually(() =>
      assert.deepEqual(
        second.messages().map((message) => message.id),
        [id],
      ),
    );
    assert.equal((await anew.client.acknowledge({ caller: WORKER, fence: fence(), messageId: id })).settled, true);
    assert.equal((await anew.client.acknowledge({ caller: WORKER, fence: fence(), messageId: id })).settled, false);
    await second.close();
    await anew.stop();
    assert.deepEqual([stranger.messages(), deaf.messages()], [[], []]);
    await stranger.close();
    await deaf.close();
  });

  test('each message of a role goes to one of its agents; one for an agent to that agent alone', async () => {
    const asker = { ...ASKER, project: 'share' };
    const one = await listen({ ...WORKER, project: 'share' });
    const two = await listen({ ...WORKER, project: 'share', agent: 'a2' });
    const ids: string[] = [];
    for (let i = 0; i < 4; i += 1) ids.push(await send(asker, { toRole: 'analyzer', body: { i } }));
    const mine = await send(asker, { toRole: 'analyzer', toAgent: 'a2' });
    await eventually(() => {
      const [left, right] = [one.messages().map(({ id }) => id), two.messages().map(({ id }) => id)];
      assert.deepEqual([...left, ...right].sort(byText), [...ids, mine].sort(byText));
      assert.deepEqual([left.length, right.includes(mine)], [2, true]);
    });
    await assert.rejects(settle({ ...WORKER, project: 'share' }, mine), refusal('not_found'));
    assert.equal(await send(asker, { id: mine, toRole: 'analyzer' }), mine, 'the same id is the same message');
    await one.close();
    await two.close();
  });

  test('a reply reaches the sender, settles its question, and lets go what depended on it', async () => {
    const asker = { ...ASKER, project: 'ask' };
    const worker = { ...WORKER, project: 'ask' };
    const question = await send(asker, { toRole: 'analyzer', topic: 'q', requiresReply: true });
    const after1 = await send(asker, { toRole: 'analyzer', topic: 'then', dependsOn: [question] });
    const answers = await listen(asker);
    const work = await listen(worker);
    await eventually(() =>
      assert.deepEqual(
        work.messages().map(({ id }) => id),
        [question],
      ),
    );
    assert.equal(await settle(worker, question), true);
    assert.deepEqual(
      work.messages().map(({ id }) => id),
      [question],
      'acknowledged, but not answered',
    );
    await assert.rejects(send({ ...worker, role: 'reviewer' }, { inReplyTo: question }), refusal('bad_input'));
    await assert.rejects(send({ ...worker, project: 'other' }, { inReplyTo: question }), refusal('not_found'));
    const reply = await send(worker, { inReplyTo: question, body: { answer: 42 } });
    await eventually(() => {
      assert.deepEqual(
        answers.messages().map(({ id, inReplyTo, topic }) => [id, inReplyTo, topic]),
        [[reply, question, 'q']],
      );
      assert.deepEqual(
        work.messages().map(({ id }) => id),
        [question, after1],
      );
    });
    await answers.close();
    await work.close();
  });

  test('the sender is told what was not delivered, not answered, or never came due', async () => {
    const asker = { ...ASKER, project: 'late' };
    const lost = await send(asker, { toRole: 'nobody', ttlS: 10n });
    const unanswered = await send(asker, { toRole: 'nobody', ttlS: 10n, requiresReply: true });
    const dependent = await send(asker, { toRole: 'nobody', ttlS: 100n, dependsOn: [lost] });
    const waiting = await gateway.client.stats({ caller: asker });
    assert.equal(waiting.messages, 3n);
    const asking = await listen(asker);
    gateway.clock.now_ms += 11_000;
    await eventually(() =>
      assert.deepEqual(
        asking
          .notices()
          .map(({ messageId, reason }) => `${messageId} ${reason}`)
          .sort(byText),
        [
          `${lost} ${Notice_Reason.UNDELIVERED}`,
          `${unanswered} ${Notice_Reason.UNANSWERED}`,
          `${dependent} ${Notice_Reason.DEPENDENCY_FAILED}`,
        ].sort(byText),
      ),
    );
    gateway.clock.now_ms += 200_000;
    await eventually(async () => assert.equal((await gateway.client.stats({ caller: asker })).messages, 0n));
    assert.equal(asking.notices().length, 3);
    await asking.close();
  });

  test('wrong messages are refused by name', async () => {
    const bad: [object, RegExp][] = [
      [{}, /to_role is missing/],
      [{ toRole: 'a b' }, /message\.to_role/],
      [{ toRole: 'a', ttlS: -1n }, /ttl_s -1/],
      [{ toRole: 'a', body: { x: 'y'.repeat(300_000) } }, /bytes of JSON/],
      [{ toRole: 'a', dependsOn: [crypto.randomUUID()] }, /depends_on .* no message/],
      [{ toRole: 'a', id: '1' }, /not a UUID/],
    ];
    for (const [message, expected] of bad) await assert.rejects(send(ASKER, message), expected);
  });
});
