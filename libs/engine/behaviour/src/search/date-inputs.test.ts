import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Session, undefinedValue } from '../runtime/graph.ts';
import { dateInputs } from './date-inputs.ts';

test('each date is put at the edges and near what it was, the others left alone', () => {
  const session: Session = {
    key: 'e0',
    level: 'entry',
    targets: [0],
    steps: [{ op: 'call', id: 0, self: undefinedValue, args: [{ r: 0 }, { r: 1 }] }],
    nodes: [
      { k: 'date', time: 1000 },
      { k: 'date', time: 2000 },
    ],
  };
  const made = dateInputs(session).map((make) => make()?.session.nodes.map((node) => (node.k === 'date' ? node.time : null)));
  const years = new Set(made.map((times) => new Date(times?.[0] as number).getUTCFullYear()));
  for (const year of [-1, 42, 1969, 2024, 275760]) assert.ok(years.has(year), [...years].join());
  for (const wanted of [
    [{ p: 'NaN' }, 2000],
    [1000, { p: 'NaN' }],
    [999, 2000],
    [1000, 86_402_000],
  ])
    assert.ok(
      made.some((times) => JSON.stringify(times) === JSON.stringify(wanted)),
      JSON.stringify(wanted),
    );
});
