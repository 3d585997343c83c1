import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IteratorForm } from './graph.ts';
import { iteratorForm, plantMethods, reviveIterator, withoutNothing } from './iterators.ts';

const revived = (form: IteratorForm, items: number[], end: () => unknown = () => 'end'): { made: never; calls: string[] } => {
  const calls: string[] = [];
  const made = reviveIterator({
    ...form,
    items,
    item: (index) => items[index],
    end,
    note: (method) => calls.push(method),
    later: (answer) => answer,
  });
  return { made: made as never, calls };
};

const generator: IteratorForm = { form: 'generator', has: ['return', 'throw'] };

test('what follows the protocol and nothing else is told from other objects', () => {
  const itself = { [Symbol.iterator]() { return this; } }; // biome-ignore format: one line says it
  const next = (): unknown => ({ done: true });
  assert.deepEqual(iteratorForm((function* () {})()), generator);
  assert.deepEqual(iteratorForm((async function* () {})()), { ...generator, async: true });
  assert.deepEqual(iteratorForm([1].values()), { form: 'iterator', has: [], tag: 'Array Iterator' });
  assert.deepEqual(iteratorForm([1].values().map(String)), { form: 'iterator', has: ['return'], tag: 'Iterator Helper' });
  assert.deepEqual(iteratorForm({ ...itself, next }), { form: 'object', has: [] });
  for (const other of [{}, [], { next }, { ...itself, next, more: 1 }, new Map(), { next: 1, ...itself }])
    assert.equal(iteratorForm(other), null);
});

test('a revived iterator gives what was seen, ends, and stays ended', () => {
  const { made, calls } = revived(generator, [1, 2]);
  assert.deepEqual([...(made as Iterable<number>)], [1, 2]);
  assert.deepEqual((made as Iterator<number>).next(), { value: undefined, done: true });
  // What is asked for after the end cannot be told from outside.
  assert.deepEqual(calls, ['next', 'next', 'next']);
  assert.equal(Object.prototype.toString.call(made), '[object Generator]');
});

test('leaving a loop closes it, an error of its own does not', () => {
  const left = revived(generator, [1, 2]);
  for (const value of left.made as Iterable<number>) if (value === 1) break;
  assert.deepEqual(left.calls, ['next', 'return']);
  const failed = revived(generator, [1], () => {
    throw new Error('no more');
  });
  assert.throws(() => [...(failed.made as Iterable<number>)], /no more/);
  assert.deepEqual(failed.calls, ['next', 'next']);
});

test('methods that were not there are not there', () => {
  const { made } = revived({ form: 'object', has: [] }, [1]);
  assert.equal(Reflect.get(made, 'return'), undefined);
  assert.deepEqual([...(made as Iterable<number>)], [1]);
  assert.equal(Reflect.get(revived({ form: 'iterator', has: [], tag: 'Set Iterator' }, []).made, Symbol.toStringTag), 'Set Iterator');
});

test('an asynchronous one answers in the order it was asked', async () => {
  const { made, calls } = revived({ ...generator, async: true }, [1, 2]);
  const iterator = made as AsyncIterator<number>;
  const answers = await Promise.all([iterator.next(), iterator.next(), iterator.next()]);
  assert.deepEqual(
    answers.map(({ value, done }) => [value, done]),
    [
      [1, false],
      [2, false],
      ['end', true],
    ],
  );
  assert.deepEqual(calls, ['next', 'next', 'next']);
});

test('planted methods pass everything on and go without a trace', () => {
  const made = (function* (): Generator<number, void, string> {
    const got = yield 1;
    yield got.length;
  })();
  const seen: string[] = [];
  const unplant = plantMethods(made, (method, call) => {
    seen.push(method);
    return call();
  });
  made.next('');
  assert.equal(made.next('four').value, 4);
  unplant();
  made.return();
  assert.deepEqual([seen, Reflect.ownKeys(made)], [['next', 'next'], []]);
});

test('what a delegation adds on its own counts as nothing', () => {
  assert.deepEqual(withoutNothing([undefined]), []);
  assert.deepEqual(withoutNothing([undefined, 1, undefined]), [undefined, 1]);
});
