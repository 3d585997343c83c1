import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionMeta, Session, Value } from '../runtime/graph.ts';
import { undefinedValue } from '../runtime/graph.ts';
import { signalInputs } from './signal-inputs.ts';

const session = (nodes: Session['nodes'], ...args: Value[]): Session => ({
  key: 'e0',
  level: 'entry',
  targets: [0],
  steps: [{ op: 'call', id: 0, self: undefinedValue, args }],
  nodes,
});
const functions = (params: Partial<FunctionMeta['params'][number]>[]): FunctionMeta[] => [{ params } as FunctionMeta];
const signals = (inputs: ReturnType<typeof signalInputs>): unknown[] =>
  inputs.map(({ session: { nodes } }) => {
    const node = nodes.find((item) => item.k === 'signal');
    const by = nodes.find((item) => item.k === 'function' && item.aborts) as { aborts?: { at: number } } | undefined;
    return { ...node, ...(by?.aborts ? { at: by.aborts.at } : {}) };
  });

test('a declared signal that nobody gave is given: never aborted, with a call, after some time, in the end, before', () => {
  const made = signals(signalInputs([session([{ k: 'function', source: '() => 1' }], { r: 0 })], functions([{}, { types: ['signal'] }])));
  for (const wanted of [
    { k: 'signal' },
    { k: 'signal', at: 0 },
    { k: 'signal', at: 2 },
    { k: 'signal', aborts_ms: 0 },
    { k: 'signal', aborts_ms: 600_000 },
    { k: 'signal', aborted: true },
  ])
    assert.ok(
      made.some((item) => JSON.stringify(item) === JSON.stringify(wanted)),
      JSON.stringify([wanted, made]),
    );
});

test('a signal that was seen among options is put into the options of other calls, and into none at all', () => {
  const seen = session(
    [
      { k: 'object', props: [['signal', { r: 1 }]] },
      { k: 'signal', aborted: true },
    ],
    { r: 0 },
  );
  const made = signalInputs([seen, session([{ k: 'object', props: [['a', 1]] }], { r: 0 }), session([])], []);
  const options = made.map(({ session: { nodes, steps } }) => nodes[(steps.flatMap(({ args }) => args)[0] as { r: number }).r]);
  const keys = options.map((node) => (node?.k === 'object' ? (node.props ?? []).map(([key]) => JSON.stringify(key)).join() : ''));
  assert.deepEqual([...new Set(keys)].toSorted(), ['"a","signal"', '"signal"']);
});

test('where no signal is known there are none', () => {
  assert.deepEqual(signalInputs([session([], 1)], functions([{ types: ['number'] }])), []);
});
