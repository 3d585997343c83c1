import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { it } from 'node:test';
import { filesOf, runNodeTests, writeRepository } from '../cases/case-repository.ts';
import { changedFunctions } from '../instrument/changed-functions.ts';
import { type Captured, captureCalls } from './capture-calls.ts';

async function captureOf(source: string, test: string): Promise<{ captured: Captured; passed: (symbol: string) => number }> {
  const dir = writeRepository(filesOf({ name: 'x', base: '', candidate: '', test }, source));
  try {
    const captured = await captureCalls({ dir, changed: 'all-own', seed: 1, runTests: runNodeTests });
    const passed = (symbol: string): number => captured.functions.find((item) => item.meta.symbol === symbol)?.counts?.calls ?? 0;
    return { captured, passed };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const made = ({ sessions, manifest }: Captured): string[] =>
  sessions.flatMap((session) =>
    session.level === 'entry' && session.steps[0]?.op === 'new'
      ? [`${manifest.functions[session.steps[0].id]?.symbol}(${JSON.stringify(session.steps[0].args)})`]
      : [],
  );

const CLASSES = `class Base { constructor(x) { if (x < 0) throw new RangeError('below zero'); this.x = this.start(x); } start(x) { return x; } }
class Child extends Base { items(n) { return Array(n).fill(this.x); } }
class Grandchild extends Child { constructor(a, b) { super(a + b); this.b = b; } sum() { return this.x + this.b; } }
exports.Base = Base; exports.Child = Child; exports.Grandchild = Grandchild;`;

it('records the making of a child by the child and its own arguments, not by a parent', async () => {
  const { captured } = await captureOf(
    CLASSES,
    `assert.deepEqual(new lib.Child(4).items(2), [4, 4]); assert.equal(new lib.Grandchild(1, 2).sum(), 5); assert.equal(new lib.Base(3).x, 3);
assert.throws(() => new lib.Child(-1), RangeError);
class Outside extends lib.Base { twice() { return this.start(2); } }
assert.equal(new Outside(7).twice(), 2);`,
  );
  const found = made(captured).sort();
  for (const one of ['Child([4])', 'Grandchild.constructor([1,2])', 'Base.constructor([3])'])
    assert.ok(found.includes(one), `${one}: ${found.join(' ')}`);
  const child = captured.sessions.find((session) => captured.manifest.functions[session.steps[0]?.id ?? -1]?.symbol === 'Child');
  assert.ok(
    child?.targets.some((id) => captured.manifest.functions[id]?.symbol === 'Base.start'),
    'what ran in the parent belongs to it',
  );
});

it('gives a function back as it was handed in', async () => {
  const { passed } = await captureOf(
    'exports.make = () => { let kept; return { put(fn) { kept = fn; }, take() { return kept; } }; };',
    'const fn = () => 1; const box = lib.make(); box.put(fn); assert.equal(box.take(), fn); box.take(); box.take();',
  );
  assert.equal(passed('make/take'), 3, 'the test went on behind its comparison');
});

it('takes a changed field for a change of the written constructor', () => {
  const of = (field: string): Record<string, string> => ({
    'a.js': `class A { items = ${field}; constructor(x) { this.x = x; } size() { return 0; } }\nclass B { items = ${field}; }\nexports.A = A; exports.B = B;\n`,
  });
  const [base, candidate] = [writeRepository(of('[]')), writeRepository(of('new Map()'))];
  try {
    const symbols = changedFunctions(base, candidate, ['a.js']).map((item) => item.symbol);
    assert.ok(symbols.includes('A.constructor') && symbols.includes('B') && !symbols.includes('A'), symbols.join());
  } finally {
    for (const dir of [base, candidate]) rmSync(dir, { recursive: true, force: true });
  }
});
