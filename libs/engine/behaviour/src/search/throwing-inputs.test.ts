import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Node, Session } from '../runtime/graph.ts';
import { undefinedValue } from '../runtime/graph.ts';
import { Random } from './random.ts';
import { throwing, throwingInputs, throwingShares } from './throwing-inputs.ts';

const sessionOf = (...nodes: Node[]): Session => ({
  key: 'e0',
  level: 'entry',
  targets: [0],
  steps: [{ op: 'call', id: 0, self: undefinedValue, args: [{ r: 0 }] }],
  nodes,
});
const inputs = (session: Session): Session[] => throwingInputs(session).flatMap((make) => make()?.session ?? []);

/** Calls a callback that is carried by its text twice; tells how each call ended. */
async function ends(session: Session): Promise<string> {
  const [node] = session.nodes;
  assert.ok(node?.k === 'function' && node.source !== undefined);
  // oxlint-disable-next-line no-eval -- the text was made here
  const callback = (0, eval)(`(${node.source})`) as () => unknown;
  const told: string[] = [];
  for (let turn = 0; turn < 2; turn++) {
    let hasReturned = false;
    try {
      const result = callback();
      hasReturned = true;
      told.push(`returns ${String(await result)}`);
    } catch (thrown) {
      const shown = thrown instanceof Error ? `Error ${thrown.message}` : (JSON.stringify(thrown) ?? 'undefined');
      told.push(`${hasReturned ? 'rejects with' : 'throws'} ${shown}`);
    }
  }
  return told.join(', ');
}

const TEXT = 'thrown by the callback';
const WAYS = [`"${TEXT}"`, `Error ${TEXT}`, 'undefined', `{"code":"E_THROWN","message":"${TEXT}"}`];

for (const [form, source] of [
  ['an arrow', '() => 7'],
  ['a method', 'read() { return 7; }'],
])
  test(`${form} throws a text, an error, nothing and an object, at once and after a call that went well`, async () => {
    const found = await Promise.all(inputs(sessionOf({ k: 'function', source: source as string })).map(ends));
    for (const way of WAYS)
      for (const wanted of [`throws ${way}, throws ${way}`, `returns 7, throws ${way}`])
        assert.ok(found.includes(wanted), found.join('\n'));
  });

test('what answers with a promise rejects with each of them', async () => {
  const found = await Promise.all(inputs(sessionOf({ k: 'function', source: 'async () => 7' })).map(ends));
  for (const way of WAYS) assert.ok(found.includes(`returns 7, rejects with ${way}`), found.join('\n'));
});

test('recorded answers are followed by one that throws, or that rejects where they were promises', () => {
  const last = ({ nodes }: Session): Answer | undefined => {
    const [node] = nodes;
    return node?.k === 'function' ? node.answers?.at(-1) : undefined;
  };
  const plain = inputs(sessionOf({ k: 'function', answers: [{ ret: 1 }, { ret: 2 }] })).map(last);
  assert.ok(plain.every((answer) => answer && 'throw' in answer));
  assert.ok(plain.some((answer) => JSON.stringify(answer) === JSON.stringify({ throw: undefinedValue })));
  const settled: Node = { k: 'promise', settled: { ret: 1 } };
  for (const input of inputs(sessionOf({ k: 'function', answers: [{ ret: { r: 1 } }] }, settled))) {
    const answer = last(input);
    const node = answer && 'ret' in answer ? input.nodes[(answer.ret as { r: number }).r] : undefined;
    assert.ok(node?.k === 'promise' && node.settled && 'throw' in node.settled, JSON.stringify(input));
  }
});

test('by chance too, and never what the package or the engine defines', () => {
  const domain = {} as Parameters<typeof throwing>[2];
  const made = Array.from({ length: 64 }, (_, seed) => {
    const session = sessionOf({ k: 'function', answers: [] }, { k: 'function', id: 3 }, { k: 'function', builtin: 'Math.max' });
    assert.equal(throwing(session, new Random(seed), domain), true);
    return JSON.stringify(session.nodes.slice(0, 3));
  });
  assert.equal(new Set(made.map((text) => text.replace(/"r":\d+/, ''))).size, 3, made[0]);
  assert.equal(throwing(sessionOf({ k: 'function', id: 3 }), new Random(1), domain), null);
});

test('sessions that do the same share the ways, others and those without callbacks take none of them', () => {
  const sessions = [
    sessionOf({ k: 'function', answers: [] }),
    sessionOf({ k: 'array', items: [] }),
    sessionOf({ k: 'function', answers: [] }),
  ];
  const other = sessionOf({ k: 'function', answers: [] });
  for (const step of other.steps) step.id = 1;
  const share = throwingShares([...sessions, other]);
  assert.deepEqual(
    [...sessions, other].map((session) => share(session).length),
    [4, 0, 4, 8],
  );
});
