import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Node, type Session, type Step, undefinedValue, type Value } from '../runtime/graph.ts';
import { frozenInput, recutInputs, twinInputs } from './list-inputs.ts';

const call = (...args: Value[]): Step => ({ op: 'call', id: 0, self: undefinedValue, args });
const sessionOf = (args: Value[], nodes: Node[]): Session => ({ key: 'e0', level: 'entry', targets: [0], steps: [call(...args)], nodes });

const itemsOf = (session: Session | undefined): Value[] => {
  const node = session?.nodes[0];
  return node?.k === 'array' ? node.items : [];
};
const base64At = (session: Session | undefined, buffer: Value): string => {
  const node = session?.nodes[(buffer as { r: number }).r];
  return node?.k === 'buffer' ? node.base64 : '';
};

test('a list of texts is cut anew into letters, pairs and one text', () => {
  const session = sessionOf([{ r: 0 }], [{ k: 'array', items: ['ab', 'c'] }]);
  const items = recutInputs(session).map((make) => itemsOf(make()?.session));
  assert.deepEqual(items, [['a', 'b', 'c'], ['ab', 'c'], ['abc']]);
});

test('a list of buffers is cut anew into bytes', () => {
  const nodes: Node[] = [
    { k: 'array', items: [{ r: 2 }, { r: 4 }] },
    { k: 'buffer', base64: Buffer.from('xé').toString('base64') },
    { k: 'view', type: 'Buffer', buffer: { r: 1 }, offset: 1, length: 2 },
    { k: 'buffer', base64: Buffer.from('b').toString('base64') },
    { k: 'view', type: 'Buffer', buffer: { r: 3 }, offset: 0, length: 1 },
  ];
  const made = recutInputs(sessionOf([{ r: 0 }], nodes))[0]?.()?.session;
  const views = itemsOf(made).map((item) => made?.nodes[(item as { r: number }).r] as Node & { k: 'view' });
  const bytes = views.map(({ buffer }) => base64At(made, buffer));
  assert.deepEqual(
    bytes,
    [0xc3, 0xa9, 0x62].map((byte) => Buffer.from([byte]).toString('base64')),
  );
});

test('mixed lists, empty ones and long ones stay as they are', () => {
  for (const items of [['a', 1], [], ['x'.repeat(500)]]) assert.deepEqual(recutInputs(sessionOf([{ r: 0 }], [{ k: 'array', items }])), []);
});

test('one object stands at two places of its kind, objects of other keys and arguments stay two', () => {
  const object = (key: string): Node => ({ k: 'object', props: [[key, 1]] });
  const nodes: Node[] = [{ k: 'array', items: [{ r: 1 }, { r: 2 }, { r: 3 }] }, object('a'), object('b'), object('a')];
  const made = twinInputs(sessionOf([{ r: 0 }], nodes)).map((make) => itemsOf(make()?.session));
  assert.deepEqual(made, [[{ r: 1 }, { r: 2 }, { r: 1 }]]);
});

test('all plain data is frozen at once, instances are not', () => {
  const nodes: Node[] = [
    { k: 'array', items: [{ r: 1 }, { r: 2 }] },
    { k: 'object', props: [['a', 1]] },
    { k: 'object', props: [], cls: { id: 3 } },
  ];
  const made = frozenInput(sessionOf([{ r: 0 }], nodes))();
  assert.deepEqual(
    made?.session.nodes.map((node) => node.state),
    ['frozen', 'frozen', undefined],
  );
  assert.equal(frozenInput(sessionOf(['a'], []))(), null);
});
