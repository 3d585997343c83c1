import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRef, type Node, type Session, type Step, undefinedValue, type Value } from '../runtime/graph.ts';
import type { Domain } from './change-values.ts';
import { NODES_MAX } from './clone-value.ts';
import { compacted } from './compact.ts';
import { iteratorInputs } from './iterator-inputs.ts';
import { objectPairInputs } from './object-pairs.ts';
import { meddlingInputs, relatedObjects, relatedTexts } from './related-inputs.ts';
import { Observed } from './slots.ts';
import { asideInputs, repeatedInputs, splitInputs } from './step-inputs.ts';
import type { Make } from './systematic.ts';
import { pieceInputs } from './text-pieces.ts';
import { crossedInputs, editInputs, wordInputs } from './word-inputs.ts';

const call = (...args: Value[]): Step => ({ op: 'call', id: 0, self: undefinedValue, args });
const method = (id: number, name: string, ...args: Value[]): Step => ({ op: 'method', id, name, self: { out: 0, path: ['ret'] }, args });
const sessionOf = (steps: Step[], nodes: Node[] = []): Session => ({ key: 'e0', level: 'entry', targets: [0], steps, nodes });

const domainOf = (session: Session, tells_missing = false): Domain => ({
  observed: new Observed([session]),
  words: { texts: ['*'], numbers: [64] },
  tells_missing,
  isParametric: () => false,
  carries: () => false,
  declared: () => null,
  declared_inside: () => null,
  iterated: () => [],
});

const made = (list: Make[]): Session[] => list.flatMap((make) => make()?.session ?? []);
const argumentsOf = (list: Make[]): unknown[] => made(list).map((session) => session.steps[0]?.args);

test('words of the source are put into, around and between texts, numbers where numbers stand', () => {
  const session = sessionOf([call('ab', 3)]);
  const inputs = argumentsOf(wordInputs(session, domainOf(session), { texts: ['*'], numbers: [64] }));
  for (const wanted of [
    ['ab', 64],
    ['a*b', 3],
    ['*', 3],
    ['ab*ab', 3],
    ['a**b', 3],
  ])
    assert.ok(
      inputs.some((args) => JSON.stringify(args) === JSON.stringify(wanted)),
      JSON.stringify(wanted),
    );
});

test('a list gets as long as a number the source speaks of', () => {
  const session = sessionOf([call({ r: 0 })], [{ k: 'array', items: [1, 2] }]);
  const inputs = made(wordInputs(session, domainOf(session), { texts: [], numbers: [64] }));
  assert.ok(inputs.some(({ nodes }) => (nodes[0] as { items: Value[] }).items.length === 64));
});

test('texts one letter away: less, more, another', () => {
  const texts = argumentsOf(editInputs(sessionOf([call('#ab')]))).flat();
  for (const wanted of ['#a', '#az', '#abb', 'ab']) assert.ok(texts.includes(wanted), wanted);
});

test('short pieces of a text around each of its marks', () => {
  const texts = argumentsOf(pieceInputs(sessionOf([call('sid=1; lang=en')]))).flat();
  for (const wanted of ['=1', '=', 'd=', 'd=1', '==', 'sid=', '=1; lang=en', '; ', 's', 'si']) assert.ok(texts.includes(wanted), wanted);
});

test('a value inside one argument becomes another argument, a key of a table an entry of its lists', () => {
  const session = sessionOf(
    [call({ r: 0 }, 'x')],
    [
      {
        k: 'object',
        props: [
          ['a', { r: 1 }],
          ['b', { r: 2 }],
        ],
      },
      { k: 'array', items: ['b'] },
      { k: 'array', items: [] },
    ],
  );
  const inputs = made(crossedInputs(session, domainOf(session)));
  assert.ok(inputs.some(({ steps }) => steps[0]?.args[1] === 'b'));
  assert.ok(inputs.some(({ nodes }) => JSON.stringify((nodes[2] as { items: Value[] }).items) === '["a"]'));
});

test('objects of one shape are made nearly the same, in the domain where the base tells a missing property', () => {
  const session = sessionOf(
    [call({ r: 0 }, { r: 1 })],
    [
      { k: 'object', props: [['a', 1]] },
      { k: 'object', props: [['a', 1]] },
    ],
  );
  for (const tells of [true, false]) {
    const [input] = objectPairInputs(session, domainOf(session, tells));
    const { session: changed, in_domain } = input?.() ?? {};
    assert.deepEqual(
      changed?.nodes.map((node) => node.props),
      [[['a', undefinedValue]], [['a2', 1]]],
    );
    assert.equal(in_domain, tells);
  }
});

test('a step is repeated where it stands, and later steps still use the result of the first', () => {
  const session = sessionOf([
    call(),
    { op: 'apply', id: 1, callee: { out: 0, path: ['ret'] }, self: undefinedValue, args: [] },
    method(2, 'get'),
  ]);
  const inputs = made(repeatedInputs(session));
  const doubled = inputs.find(({ steps }) => steps.length === 4 && steps[1]?.op === 'apply' && steps[2]?.op === 'apply');
  assert.deepEqual(doubled?.steps[3]?.self, { out: 0, path: ['ret'] });
});

test('a text comes in two steps, cut between what separates first', () => {
  const session = sessionOf([call(), method(1, 'push', 'one\r\ntwo')]);
  const cuts = made(splitInputs(session)).map(({ steps }) => steps.slice(1).map((step) => step.args[0]));
  assert.deepEqual(cuts[0], ['one\r', '\ntwo']);
});

test('a callback does another step, with its value and with another of the session', () => {
  const session = sessionOf(
    [call(), method(1, 'on', 'a', { r: 0 }), method(1, 'on', 'b', undefinedValue), method(2, 'off', 'a')],
    [{ k: 'function', source: '() => 1' }],
  );
  const inputs = made(asideInputs(session));
  const doings = inputs.map(({ nodes, steps }) => {
    const [node] = nodes;
    const step = node?.k === 'function' && typeof node.reenter === 'object' ? steps[node.reenter.step] : undefined;
    return `${step?.name} ${JSON.stringify(step?.args[0])}`;
  });
  assert.ok(doings.includes('off "a"') && doings.includes('off "b"'), doings.join());
});

test('a table is cut short as lists are', () => {
  const props = Array.from({ length: 100 }, (_, index): [string, Value] => [`k${index}`, index]);
  const short = compacted(sessionOf([call({ r: 0 })], [{ k: 'object', props }]));
  const [arg] = short?.steps[0]?.args ?? [];
  assert.ok(short && arg !== undefined && isRef(arg) && (short.nodes[arg.r]?.props?.length ?? 0) < 20);
});

test('a list that holds itself is made longer within bounds', () => {
  const session = sessionOf([call({ r: 0 })], [
    { k: 'array', items: [{ r: 1 }, 1] },
    { k: 'object', props: [['parent', { r: 0 }]] },
  ] as Node[]);
  const sizes = made(wordInputs(session, domainOf(session), { texts: [], numbers: [64, 3000] })).map(({ nodes }) => nodes.length);
  assert.ok(sizes.length > 0 && sizes.every((size) => size <= NODES_MAX), sizes.join());
});

test('an iterator gives nothing, one, more, fails at any of them, or cannot be closed; lists become one where any iterable will do', () => {
  const form = { form: 'generator' as const, has: ['return' as const, 'throw' as const] };
  const session = sessionOf([call({ r: 0 })], [{ k: 'iterator', ...form, items: [1, 2] }]);
  const shapes = made(iteratorInputs(session, domainOf(session))).map(({ nodes: [node] }) =>
    node?.k === 'iterator' ? `${node.items.length}${node.ends ? Object.keys(node.ends).join() : ''}${node.has.length}` : '',
  );
  for (const wanted of ['02', '12', '62', '0throw2', '1throw2', '2throw2', '20', '2ret2'])
    assert.ok(shapes.includes(wanted), `${wanted}: ${shapes.join()}`);
  const none = sessionOf([call({ r: 0 })], [{ k: 'iterator', ...form, items: [] }]);
  assert.ok(made(iteratorInputs(none, domainOf(none))).length > 0);
  const lists = sessionOf([call({ r: 0 })], [{ k: 'array', items: [1] }]);
  const any: Domain = { ...domainOf(session), observed: new Observed([lists, sessionOf([call({ r: 0 })], [{ k: 'set', items: [1] }])]) };
  const kinds = (domain: Domain): string[] =>
    made(iteratorInputs(lists, domain)).map(({ nodes, steps }) => {
      const [value = null] = steps[0]?.args ?? [];
      return (isRef(value) && nodes[value.r]?.k) || '';
    });
  assert.deepEqual([...new Set(kinds(any))].toSorted(), ['iterator', 'set']);
  assert.deepEqual(kinds(domainOf(lists)), []);
  assert.deepEqual([...new Set(kinds({ ...domainOf(lists), iterated: () => ['async'] }))], ['iterator']);
});

test('one text is made of another and what both sides speak of: ends that overlap, digits beyond what numbers hold', () => {
  const session = sessionOf([call('a*', 'file7')]);
  const { spoken, other } = relatedTexts(session, { ...domainOf(session), words: { texts: ['*', '#'], numbers: [] } });
  const texts = argumentsOf(spoken).map((args) => JSON.stringify(args));
  for (const wanted of [
    ['file7*file7', 'file7'],
    ['fil*le7', 'file7'],
    ['file9007199254740993', 'file9007199254740992'],
  ])
    assert.ok(
      texts.some((text) => text === JSON.stringify(wanted) || text === JSON.stringify(wanted.toReversed())),
      `${wanted.join()}: ${texts.join(' ')}`,
    );
  assert.ok(argumentsOf(other).some((args) => JSON.stringify(args) === '["file7#file7","file7"]'));
});

test('one object is made of another of another shape, and then nearly the same', () => {
  const session = sessionOf(
    [call({ r: 0 }, { r: 1 })],
    [
      { k: 'object', props: [['a', 1]] },
      { k: 'object', props: [['b', 2]] },
    ],
  );
  const [input] = made(relatedObjects(session, domainOf(session, true)));
  const argument = (at: number): Node | undefined => {
    const value = input?.steps[0]?.args[at] ?? null;
    return isRef(value) ? input?.nodes[value.r] : undefined;
  };
  assert.deepEqual([argument(0)?.props, argument(1)?.props], [[['a', undefinedValue]], [['a2', 1]]]);
});

test('a callback changes the list it is handed', () => {
  const session = sessionOf([call({ r: 0 })], [{ k: 'function', source: '() => 1' }]);
  const ways = made(meddlingInputs(session)).map(({ nodes: [node] }) => (node?.k === 'function' ? node.meddles : null));
  assert.deepEqual(ways, ['add', 'remove']);
});
