import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { checkCase, writeRepository } from './cases/case-repository.ts';
import { instrumentationOf } from './instrument/manifest.ts';
import { Offered } from './instrument/offered.ts';
import { ownFiles } from './instrument/own-files.ts';

const seed = 1;
const copying = 'function order(list) { return [...list].sort(); }';
const inPlace = 'function order(list) { return list.sort(); }';

describe('callers of a changed function that the outermost call hides', () => {
  it('replays the exported function in between on its own', async () => {
    const rest = `
exports.sorted = function sorted(list) { return order(list); };
exports.largest = (list) => exports.sorted(list.slice()).at(-1);
`;
    const report = await checkCase(
      { name: 'in between', base: copying + rest, candidate: inPlace + rest, test: 'assert.equal(lib.largest([2, 3, 1]), 3);' },
      { seed, inputs_max: 10 },
    );
    const { difference } = report;
    assert.deepEqual([report.verdict, difference?.level, difference?.origin], ['differs', 'caller', 'seen'], JSON.stringify(report));
    assert.match(difference?.input ?? '', /sorted\(\[2, 3, 1\]\)/);
  });

  it('calls exported functions that no test calls', async () => {
    const rest = `
exports.sorted = (list) => order(list);
exports.largest = (list) => order(list.slice()).at(-1);
`;
    const report = await checkCase(
      { name: 'never called', base: copying + rest, candidate: inPlace + rest, test: 'assert.equal(lib.largest([2, 3, 1]), 3);' },
      { seed, inputs_max: 100 },
    );
    assert.deepEqual([report.verdict, report.difference?.origin], ['differs', 'searched'], JSON.stringify(report));
    assert.match(report.difference?.input ?? '', /sorted\(/);
  });

  it('lets an inner function that nobody else can call change what it does to its argument', async () => {
    const rest = `
exports.largest = (list) => order(list.slice()).at(-1);
`;
    const report = await checkCase(
      {
        name: 'inside',
        base: copying + rest,
        candidate: inPlace + rest,
        test: 'assert.equal(lib.largest([2, 3, 1]), 3); assert.equal(lib.largest([5, 4]), 5); assert.equal(lib.largest([7, 8, 6, 5]), 8);',
      },
      { seed, inputs_max: 30 },
    );
    assert.equal(report.verdict, 'same', JSON.stringify(report));
    // Each of the three calls differs; a person is told once.
    assert.deepEqual(
      report.warnings.map(({ inside }) => inside),
      [true],
      JSON.stringify(report.warnings),
    );
  });
});

it('finds the nearest callers by name, and what users of the package can reach', () => {
  const dir = writeRepository({
    'package.json': '{"name":"x","type":"module","exports":"./src/index.js"}',
    'src/index.js': "export { outer } from './api.js';\n",
    'src/api.js': `import { inner } from './inner.js';
export const outer = (x) => middle(x);
export const unused = (x) => middle(x);
function middle(x) { return inner(x); }
export const other = (x) => x;
`,
    'src/inner.js':
      'export function inner(x) { return x; }\nexport class Box { open(x) { return inner(x); } _own(x) { return inner(x); } }\n',
  });
  try {
    const { manifest } = instrumentationOf(dir, ownFiles(dir), [{ file: 'src/inner.js', symbol: 'inner' }]);
    const callers = manifest.functions.filter((meta) => meta.neighbour);
    assert.deepEqual(callers.map((meta) => meta.symbol).sort(), ['Box.open', 'outer', 'unused']);
    const offered = new Offered(dir);
    assert.deepEqual(
      callers.filter((meta) => offered.has(meta, manifest.functions)).map((meta) => meta.symbol),
      ['outer'],
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

it('does not take for offered what an offered module only uses', () => {
  const dir = writeRepository({
    'package.json': '{"name":"x","main":"index.js"}',
    'index.js': "const Range = require('./range');\nmodule.exports = { Range, parse: require('./parse').parse };\n",
    'range.js': "const options = require('./options');\nclass Range { test(x) { return options(x); } }\nmodule.exports = Range;\n",
    'parse.js': "const options = require('./options');\nexports.parse = (x) => options(x);\nexports.hidden = (x) => options(x);\n",
    'options.js': 'module.exports = (x) => x ?? {};\n',
  });
  try {
    const { functions } = instrumentationOf(dir, ownFiles(dir), []).manifest;
    const offered = new Offered(dir);
    const symbols = functions.filter((meta) => offered.has(meta, functions)).map((meta) => meta.symbol);
    assert.deepEqual(symbols.sort(), ['Range', 'Range.test', 'parse']);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
