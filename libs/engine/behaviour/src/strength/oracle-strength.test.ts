import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { it } from 'node:test';
import { runNodeTests, writeRepository } from '../cases/case-repository.ts';
import { captureCalls, oracleStrength } from '../index.ts';

const source = `exports.clamp = (value, low, high) => { if (value < low) return low; if (value > high) return high; return value; };
`;
const repository = (calls: string): string =>
  writeRepository({
    'package.json': '{"name":"x","main":"src/lib.js"}',
    'src/lib.js': source,
    'test/lib.test.cjs': `const { test } = require('node:test'); const lib = require('../src/lib.js'); test('a', () => { ${calls} });`,
  });

async function strengthWith(calls: string): Promise<Awaited<ReturnType<typeof oracleStrength>>> {
  const dir = repository(calls);
  try {
    const changed = [{ file: 'src/lib.js', symbol: 'clamp' }];
    const captured = await captureCalls({ dir, changed, runTests: runNodeTests, seed: 1 });
    return await oracleStrength({ base_dir: dir, captured, changed, seed: 1 });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

it('is higher the more the replayed calls tell apart, and lists what survives', async () => {
  const weak = await strengthWith('lib.clamp(5, 0, 10);');
  const strong = await strengthWith(
    'lib.clamp(5, 0, 10); lib.clamp(-1, 0, 10); lib.clamp(11, 0, 10); lib.clamp(0, 0, 10); lib.clamp(10, 0, 10);',
  );
  assert.ok((strong.strength_pct ?? 0) > (weak.strength_pct ?? 0), `seed 1: ${JSON.stringify({ weak, strong })}`);
  assert.ok(weak.survivors.length > 0);
  for (const survivor of weak.survivors) assert.deepEqual([survivor.file, survivor.line], ['src/lib.js', 1]);
});

interface Planted {
  name: string;
  symbol: string;
  source: string;
  calls: string;
}

const PLANTED: Planted[] = [
  {
    name: 'operators that may not stand beside each other without parentheses',
    symbol: 'first',
    source: 'exports.first = (a, b, c) => a ?? b ?? c;\n',
    calls: 'lib.first(null, 2, 3); lib.first(null, null, 3); lib.first(1, 2, 3);',
  },
  {
    name: 'a statement before an else, which stays with its own condition',
    symbol: 'split',
    source: `exports.split = (rows) => {
  const high = [], low = [];
  for (const row of rows)
    if (row > 5) high.push(row);
    else low.push(row);
  return { high, low };
};\n`,
    calls: 'lib.split([1, 6, 5, 9, 2]); lib.split([5]); lib.split([6]);',
  },
];

for (const { name, symbol, source: text, calls } of PLANTED)
  it(`plants faults into ${name}`, async () => {
    const dir = writeRepository({
      'package.json': '{"name":"x","main":"src/lib.js"}',
      'src/lib.js': text,
      'test/lib.test.cjs': `const { test } = require('node:test'); const lib = require('../src/lib.js'); test('a', () => { ${calls} });`,
    });
    try {
      const changed = [{ file: 'src/lib.js', symbol }];
      const captured = await captureCalls({ dir, changed, runTests: runNodeTests, seed: 1 });
      const found = await oracleStrength({ base_dir: dir, captured, changed, seed: 1 });
      const missed = found.survivors.filter(({ mutation }) => mutation !== '5 becomes 6');
      assert.deepEqual([found.killed + found.survivors.length, missed], [found.total_not_equivalent, []], JSON.stringify(found));
      assert.ok(found.killed >= 2);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

it('is nothing when no call was seen', async () => {
  const none = await strengthWith('');
  assert.deepEqual([none.killed, none.strength_pct], [0, 0]);
});
