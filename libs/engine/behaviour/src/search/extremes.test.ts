import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Session, undefinedValue } from '../runtime/graph.ts';
import { extremeInputs, withUsualStack } from './extremes.ts';

const session: Session = {
  key: 'e0',
  level: 'entry',
  targets: [0],
  steps: [{ op: 'call', id: 0, self: undefinedValue, args: [{ r: 0 }, '(a)'] }],
  nodes: [{ k: 'array', items: [1, 2, 3] }],
};

test('a list too long for a small stack is looked at there, and told for the usual one', () => {
  const [wide] = extremeInputs([session]).filter(({ session: made }) => made.stack_kib !== undefined);
  assert.ok(wide);
  const times = ({ nodes }: Session): number => (nodes[0]?.k === 'array' ? (nodes[0].times ?? 1) : 0);
  const usual = withUsualStack(wide.session);
  assert.equal(usual.stack_kib, undefined);
  assert.ok(
    3 * times(wide.session) >= 30_000 && times(usual) > 4 * times(wide.session),
    `${times(wide.session)} and ${times(usual)} times`,
  );
});

test('text nested deeper than any stack needs no other one', () => {
  const nested = extremeInputs([session]).filter(({ session: made }) => made.stack_kib === undefined);
  assert.ok(
    nested.length > 0 && nested.every(({ session: made }) => JSON.stringify(made.steps.map(({ args }) => args[1])).length > 20_000),
  );
  assert.equal(withUsualStack(session), session);
});
