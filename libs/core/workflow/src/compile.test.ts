import { CodeOptimaError } from '@codeoptima/contracts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrowsOf, compileDefinition, compileWorkflow } from './compile.ts';
import { evaluate, fillText } from './expression.ts';
import { allows, describeGuard } from './guard.ts';
import { hashJson } from './json.ts';
import { loadWorkflow } from './load-workflow.ts';

type Edited = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- a definition that is about to be broken

const refusal = (edit: (definition: Edited) => void): string => {
  const definition = structuredClone(loadWorkflow('optimize').definition) as Edited;
  edit(definition);
  try {
    compileDefinition(definition, 'broken.yaml');
  } catch (error) {
    assert.ok(error instanceof CodeOptimaError && error.code === 'bad_input');
    return error.message;
  }
  return 'accepted';
};

test('choices are resolved, so that every row leads to states', () => {
  const table = loadWorkflow('optimize');
  const targets = arrowsOf(table, 'verifying', 'completed').map(({ to }) => to);
  assert.deepEqual([...new Set(targets)], ['reviewing', 'verifying', 'proposing']);
  assert.equal(arrowsOf(table, 'verifying', 'completed').at(-1)?.when, undefined);
});

test('the version follows the meaning, not the layout of the file', () => {
  const table = loadWorkflow('optimize');
  assert.match(table.version, /^[0-9a-f]{16}$/);
  assert.equal(compileDefinition(JSON.parse(JSON.stringify(table.definition)), 'copy').version, table.version);
  const other = structuredClone(table.definition);
  other.limits['expiries'] = 4;
  assert.notEqual(compileDefinition(other, 'copy').version, table.version);
});

test('what a file gets wrong is named with its place', () => {
  assert.match(
    refusal((d) => (d['states'].baseline.completed[1].to = 'hotpots')),
    /states.baseline.completed: there is no state 'hotpots'/,
  );
  assert.match(
    refusal((d) => (d['states'].baseline.task = 'bake')),
    /there is no task 'bake'/,
  );
  assert.match(
    refusal((d) => (d['tasks'].verify.payload.candidate = 'candidat')),
    /tasks.verify: nothing is called 'candidat'/,
  );
  assert.match(
    refusal((d) => d['states'].verifying.completed.push({ to: 'failed', when: { present: 'baseline' } })),
    /must have no guard/,
  );
  assert.match(
    refusal((d) => (d['choices'].next_step[4].to = 'next_step')),
    /leads back to itself/,
  );
  assert.match(
    refusal((d) => (d['variables'].result = null)),
    /'result' is a reserved name/,
  );
  assert.match(
    refusal((d) => (d['tasks'].verify.contract = 'judge')),
    /there is no contract 'judge'/,
  );
  assert.match(
    refusal((d) => (d['tasks'].verify.attempts = 0)),
    /tasks.verify.attempts/,
  );
  assert.match(
    refusal((d) => (d['surprise'] = 1)),
    /surprise/,
  );
  assert.equal(
    refusal(() => undefined),
    'accepted',
  );
  assert.throws(() => compileWorkflow('a: [', 'x.yaml'), /x.yaml is not YAML/);
  assert.throws(() => loadWorkflow('../secret'), /there is no workflow/);
});

test('expressions read, build and fill', () => {
  const scope = { list: [1, 2], one: 1, deep: { n: 2.346 }, no: null };
  assert.equal(evaluate('list.length', scope), 2);
  assert.equal(evaluate('deep.missing.more', scope), null);
  assert.deepEqual(evaluate({ append_new: ['list', 2] }, scope), [1, 2]);
  assert.deepEqual(evaluate({ append: ['list', { object: { n: 'deep.n' } }] }, scope), [1, 2, { n: 2.346 }]);
  assert.deepEqual(evaluate({ rest: 'list' }, scope), [2]);
  assert.equal(evaluate({ coalesce: ['no', { add: [{ first: 'list' }, { multiply: [2, 3] }] }] }, scope), 7);
  assert.equal(fillText(scope, '{deep.n} % of {list.length}, {no}'), '2.35 % of 2, none');
  assert.equal(fillText(scope, '{list.length CI minute}, {one patch} in a row, {no day}'), '2 CI minutes, 1 patch in a row, no day');
  assert.equal(evaluate('constructor', scope), null, 'only own properties are read');
});

test('guards compare data; a missing value is neither more nor less', () => {
  const scope = { n: 3, none: null, word: 'x', list: [] };
  assert.equal(allows({ gte: ['n', 3] }, scope), true);
  assert.equal(allows({ any: [{ lt: ['none', 1] }, { gt: ['none', 0] }] }, scope), false);
  assert.equal(allows({ all: [{ in: ['word', { const: ['x', 'y'] }] }, { empty: 'list' }, { not: { present: 'none' } }] }, scope), true);
  assert.equal(describeGuard({ all: [{ gte: ['n', 'limits.n'] }, { not: { empty: 'list' } }] }), 'n ≥ limits.n and some list');
});

test('a hash does not depend on the order of keys', () => {
  assert.equal(hashJson({ a: 1, b: [{ c: 2, d: 3 }] }), hashJson({ b: [{ d: 3, c: 2 }], a: 1 }));
  assert.notEqual(hashJson({ a: 1 }), hashJson({ a: '1' }));
});
