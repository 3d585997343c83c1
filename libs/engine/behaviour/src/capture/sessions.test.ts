import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FunctionMeta, undefinedValue, type Value } from '../runtime/graph.ts';
import type { RecordedStep } from './read-records.ts';
import { sessionsOf } from './sessions.ts';

const result = (n: number): Value => ({ out: n, path: ['ret'] });

function step(n: number, part: Partial<RecordedStep>): RecordedStep {
  return {
    t: 'step',
    n,
    at: n,
    id: n,
    op: 'call',
    self: undefinedValue,
    args: [],
    nodes: [],
    thrown: false,
    touched: [],
    logs: [],
    ...part,
  };
}

const anyone: Omit<FunctionMeta, 'id'> = {
  file: 'lib.js',
  symbol: 'f',
  name: 'f',
  kind: 'function',
  changed: false,
  async: false,
  generator: false,
  closure: false,
  uses_this: false,
  expression: 'f',
  exported: 'f',
  private_state: false,
  class_id: null,
  params: [],
  line: 1,
};
const functions = Array.from({ length: 60 }, (_, id): FunctionMeta => ({ ...anyone, id }));

const namesOf = (steps: RecordedStep[]): (string | undefined)[][] =>
  sessionsOf({ processes: [{ steps, calls: [] }], counts: new Map() }, functions).sessions.map((session) =>
    session.steps.map((item) => item.name),
  );

test('what is done next with an object that a changed function has worked on belongs to the session', () => {
  const sessions = namesOf([
    step(0, { name: 'make' }),
    step(1, { name: 'change', op: 'method', self: result(0), touched: [9] }),
    step(2, { name: 'look', op: 'method', self: result(0) }),
  ]);
  assert.deepEqual(sessions, [['make', 'change', 'look']]);
});

test('a function that was handed out works on what made it: it stands before what is looked at later', () => {
  const sessions = namesOf([
    step(0, { name: 'make' }),
    step(1, { name: 'subscribe', op: 'method', self: result(0) }),
    step(2, { name: 'stop', op: 'apply', callee: result(1), touched: [9] }),
    step(3, { name: 'send', op: 'method', self: result(0) }),
  ]);
  assert.deepEqual(sessions, [['make', 'subscribe', 'stop', 'send']]);
});

test('of many later uses by one function the first counts', () => {
  const uses = Array.from({ length: 50 }, (_, index) => step(index + 2, { name: 'look', id: 7, op: 'method', self: result(0) }));
  const sessions = namesOf([step(0, { name: 'make' }), step(1, { name: 'change', op: 'method', self: result(0), touched: [9] }), ...uses]);
  assert.deepEqual(sessions, [['make', 'change', 'look']]);
});
