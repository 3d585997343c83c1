import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invocation } from '../tests/invocation.ts';
import { shellSteps } from './shell-words.ts';
import { testCommand } from './test-command.ts';

const nothing = (): null => null;
const of = (scripts: Record<string, string>): [string, string] => {
  const { framework, command } = testCommand(scripts, nothing);
  return [framework, command];
};

test('steps keep quotes, and tell what cannot be taken apart', () => {
  const steps = shellSteps(`A=b node --test "a b/*.js" 'c' && x | y; echo "$(date)"`);
  assert.deepEqual(
    steps.map(({ source, opaque, words }) => [source, opaque, words.map(({ text }) => text)]),
    [
      [`A=b node --test "a b/*.js" 'c'`, false, ['A=b', 'node', '--test', 'a b/*.js', 'c']],
      ['x | y', true, ['x', 'y']],
      [`echo "$(date)"`, true, ['echo', '$(date)']],
    ],
  );
  for (const step of steps) for (const word of step.words) assert.ok(step.source.slice(word.start, word.end).length >= word.text.length);
});

test('words of a coverage tool are not handed to the framework', () => {
  const script = invocation(
    'istanbul cover node_modules/mocha/bin/_mocha --report lcovonly -- -R dot --check-leaks test/',
    'mocha',
    nothing,
  ).script;
  assert.match(script, /mocha\/bin\/_mocha --reporter \S+mocha-reporter\.cjs --check-leaks test\/ \|\|/);
  assert.doesNotMatch(script, /istanbul|lcovonly| -- |dot/);
  assert.match(invocation('nyc --all mocha test -- extra', 'mocha', nothing).script, /mocha --reporter \S+ test -- extra \|\|/);
});

test('each framework is found by the program that the script starts', () => {
  assert.deepEqual(of({ test: 'node --test' }), ['node-test', 'node --test']);
  assert.deepEqual(of({ test: 'tsx --test src/*.test.ts' }), ['node-test', 'tsx --test src/*.test.ts']);
  assert.deepEqual(of({ test: 'vitest run' }), ['vitest', 'vitest run']);
  assert.deepEqual(of({ test: 'node --experimental-vm-modules node_modules/jest/bin/jest.js' })[0], 'jest');
  assert.deepEqual(of({ test: 'cross-env A=b jest' })[0], 'jest');
  assert.deepEqual(of({ test: 'mocha -r ts-node/register' })[0], 'mocha');
  assert.deepEqual(of({ test: 'ava' })[0], 'ava');
  assert.deepEqual(of({ test: `tape 'test/*.js' | tap-spec` }), ['tape', `tape 'test/*.js'`]);
  assert.deepEqual(of({ test: 'make check' }), ['command', 'make check']);
  assert.deepEqual(testCommand({ test: 'node test.js' }, () => `const test = require('tape')`).framework, 'tape');
  assert.deepEqual(testCommand({ test: 'node test.js' }, () => `import test from 'node:test'`).framework, 'node-test');
});

test('scripts behind a coverage tool or variables are looked into', () => {
  assert.deepEqual(
    of({ test: 'nyc yarn _test', _test: 'yarn build && cross-env NODE_ENV=test yarn unit', unit: 'mocha -r ./x', build: 'tsc' }),
    ['mocha', 'tsc && NODE_ENV=test mocha -r ./x'],
  );
  assert.deepEqual(of({ test: 'c8 --all npm run unit', unit: 'node --test' }), ['node-test', 'node --test']);
  assert.deepEqual(of({ test: `A='b c' npm run unit`, unit: 'vitest run' }), ['vitest', `A='b c' vitest run`]);
  assert.deepEqual(of({ test: 'nyc --reporter text mocha' }), ['mocha', 'nyc --reporter text mocha']);
});

test('what nyc loads into the tests is loaded without it too', () => {
  const load = (name: string): string =>
    `export NODE_OPTIONS="$NODE_OPTIONS --require $(node -p 'require.resolve(process.argv[1])' ${name})"`;
  const files = (texts: Record<string, string>) => (path: string) => texts[path] ?? null;
  const manifest = JSON.stringify({ nyc: { require: ['@babel/register'] } });
  const scripts = { test: 'nyc yarn unit', unit: 'tsc && mocha', lint: 'eslint' };
  const { framework, command } = testCommand(scripts, files({ 'package.json': manifest }));
  assert.deepEqual([framework, command], ['mocha', `tsc && ${load('@babel/register')} && mocha`]);
  const { script, reports } = invocation(command, 'mocha', nothing);
  assert.ok(script.startsWith(`status=0\n{ tsc && ${load('@babel/register')}; } || exit 97\nCODEOPTIMA_MOCHA_REPORT=`), script);
  assert.deepEqual(reports, ['report-0']);
  const rc = files({ '.nycrc': '{"require": "./hook.js"}', 'package.json': '{}' });
  assert.equal(
    testCommand({ test: 'nyc -i esm --require=x mocha' }, rc).command,
    ['./hook.js', 'esm', 'x'].map(load).join(' && ') + ' && nyc -i esm --require=x mocha',
  );
  assert.equal(testCommand({ test: 'mocha', coverage: 'nyc mocha' }, files({ 'package.json': manifest })).command, 'mocha');
  assert.equal(testCommand({ test: 'c8 mocha' }, files({ 'package.json': manifest })).command, 'c8 mocha');
  assert.equal(testCommand({ test: 'nyc mocha' }, files({ '.nycrc.json': 'broken', 'package.json': '[]' })).command, 'nyc mocha');
});

test('linting is dropped with a note, building stays, other scripts are looked into', () => {
  const { framework, command, notes } = testCommand(
    {
      test: 'npm run lint && npm run build && yarn unit -- --bail && npm run size',
      lint: 'eslint .',
      build: 'tsc -p .',
      unit: 'mocha',
      size: 'size-limit',
    },
    nothing,
  );
  assert.equal(framework, 'mocha');
  assert.equal(command, 'tsc -p . && mocha --bail');
  assert.deepEqual(notes, [
    "'eslint .' of the test script is not part of the gate.",
    "'size-limit' of the test script is not part of the gate.",
  ]);
  assert.deepEqual(of({ pretest: 'xo', test: 'ava' }), ['ava', 'ava']);
  assert.deepEqual(of({ test: 'run-s a b', a: 'node --test a', b: 'node --test b' }), ['node-test', 'node --test a && node --test b']);
});

test('a script that calls itself, or uses the shell beyond a list, is one test', () => {
  assert.equal(of({ test: 'npm test' })[0], 'command');
  const { framework, notes } = testCommand({ test: 'for f in *.js; do mocha $f || exit 1; done' }, nothing);
  assert.equal(framework, 'command');
  assert.match(notes.join(), /one test/);
});

test('the reporter goes in, what fights it goes out, the rest stands', () => {
  const script = invocation('tsc && c8 --all mocha -R dot "test/**/*.js" --watch && node --test x', 'mocha', nothing).script;
  assert.match(script, /^\{ tsc; \} \|\| exit 97$/m);
  assert.match(
    script,
    /^CODEOPTIMA_MOCHA_REPORT=\/opt\/codeoptima\/report\/report-0 mocha --reporter \S+\/mocha-reporter\.cjs "test\/\*\*\/\*\.js" \|\| status=\$\?$/m,
  );
  assert.match(
    invocation('vitest watch --coverage.enabled a', 'vitest', nothing).script,
    /^vitest run --reporter=json --outputFile=\S+ a \|\|/m,
  );
  const two = invocation('node --test a && node --test-reporter spec --test b', 'node-test', nothing);
  assert.deepEqual(two.reports, ['report-0', 'report-1']);
  assert.match(two.script, /^node --test-reporter=\S+ --test-reporter-destination=\S+report-1 --test b \|\|/m);
});
