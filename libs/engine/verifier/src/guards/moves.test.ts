import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChangedSource, runGuards } from './index.ts';

const SEND = "async function send(url) {\n  const reply = await fetch(url, { method: 'POST' });\n  return reply.json();\n}\n";
const USE = 'export const all = (urls) => Promise.all(urls.map((url) => send(url)));\n';
const KEYS = 'export const keys = (o) => Object.keys(o);\n';

type Files = Record<string, [base: string | null, candidate: string | null]>;

/** Guard and severity of everything said about the network. */
function judge(files: Files): string[] {
  const sources = Object.entries(files).map(([file, [base, candidate]]): ChangedSource => {
    const known = new Set(base?.split('\n'));
    const lines = candidate?.split('\n') ?? [];
    return { file, base, candidate, added: new Set(lines.flatMap((line, index) => (known.has(line) ? [] : [index + 1]))) };
  });
  const diff = sources.map(({ file, base, candidate, added }) => ({
    old_path: base === null ? null : file,
    new_path: candidate === null ? null : file,
    special: [],
    added: new Set(added),
    removed: new Set<number>(),
  }));
  const findings = runGuards({ diff, sources, seen: [], origin: 'any_change', changed_lines_max: 60, ignored: () => false });
  return findings
    .filter(({ guard }) => /network|unknown-global|new-import/.test(guard))
    .map(({ guard, severity }) => `${guard} ${severity}`);
}

const imported = (from: string): string => `import { send } from '${from}';\n${USE}`;
const SHOWN = ['network-or-storage needs_person', 'unknown-global needs_person'];
const REFUSED = ['network-or-storage refused', 'unknown-global refused'];

test('a function that stands in another file now is shown to a person', () => {
  assert.deepEqual(
    judge({ 'src/a.js': [SEND + USE, imported('./transport.js')], 'src/transport.js': [KEYS, `${KEYS}export ${SEND}`] }),
    SHOWN,
  );
  assert.deepEqual(
    judge({ 'src/a.js': [SEND + USE, imported('./transport/send.js')], 'src/transport/send.js': [null, `export ${SEND}`] }),
    SHOWN,
  );
});

for (const [what, files] of [
  [
    'another address',
    {
      'src/a.js': [SEND + USE, imported('./b.js')],
      'src/b.js': [KEYS, `${KEYS}export ${SEND.replace('(url, {', "('http://127.0.0.1', {")}`],
    },
  ],
  [
    'another parameter',
    { 'src/a.js': [SEND + USE, imported('./b.js')], 'src/b.js': [KEYS, `${KEYS}export ${SEND.replace('send(url)', 'send(host, url)')}`] },
  ],
  [
    'more in it',
    {
      'src/a.js': [SEND + USE, imported('./b.js')],
      'src/b.js': [KEYS, `${KEYS}export ${SEND.replace('return', 'fetch(reply.url);\n  return')}`],
    },
  ],
  ['a copy that stays', { 'src/a.js': [SEND + USE, `${SEND}${USE}${KEYS}`], 'src/b.js': [KEYS, `${KEYS}export ${SEND}`] }],
  [
    'two of it',
    { 'src/a.js': [SEND + USE, imported('./b.js')], 'src/b.js': [KEYS, `${KEYS}export ${SEND}${SEND.replace('send', 'post')}`] },
  ],
  [
    'a call outside of functions',
    { 'src/a.js': [SEND + USE, imported('./b.js')], 'src/b.js': [KEYS, `${KEYS}export ${SEND}fetch('/');\n`] },
  ],
  ['a call at import', { 'src/a.js': ["fetch('/');\n", KEYS], 'src/b.js': [KEYS, `${KEYS}fetch('/');\n`] }],
  ['a test that loses it', { 'test/a.test.js': [SEND + USE, USE], 'src/b.js': [KEYS, `${KEYS}export ${SEND}`] }],
] as [string, Files][])
  test(`moving is no excuse for ${what}`, () => {
    const found = judge(files);
    assert.ok(
      REFUSED.some((refused) => found.includes(refused)),
      found.join(),
    );
  });

const READ = "import { readFileSync } from 'node:fs';\n";
const LOAD = "function load(path) {\n  return JSON.parse(readFileSync(path, 'utf8'));\n}\n";
const CALL = 'export const both = (a, b) => [load(a), load(b)];\n';
const MOVED = `import { load } from './load.js';\n${CALL}`;

test('an import that came along with the only function that needs it is shown to a person', () => {
  const shown = ['new-import needs_person'];
  assert.deepEqual(judge({ 'src/a.js': [READ + LOAD + CALL, MOVED], 'src/load.js': [null, `${READ}export ${LOAD}`] }), shown);
  const read = "const { readFileSync } = require('node:fs');\n";
  const files: Files = {
    'src/a.js': [`${read}${LOAD}exports.load = load;\n`, "exports.load = require('./load.js');\n"],
    'src/load.js': [KEYS.replace('export', ''), `${KEYS.replace('export', '')}${read}${LOAD}module.exports = load;\n`],
  };
  assert.deepEqual(judge(files), shown);
});

for (const [what, base, candidate] of [
  ['another function under the same name', READ, `${READ.replace('{ readFileSync', '{ writeFileSync as readFileSync')}export ${LOAD}`],
  ['a function that also needs it', READ, `${READ}export ${LOAD}export const more = () => readFileSync('/');\n`],
  ['what runs at import', READ, `${READ}export ${LOAD}readFileSync('/');\n`],
  ['another module', READ, `${READ.replace('node:fs', 'fs')}export ${LOAD}`],
  ['an import that nothing needs', READ, `${READ}export ${LOAD.replace("readFileSync(path, 'utf8')", 'path')}`],
  ['a re-export', READ, `${READ}export ${LOAD}export { readFileSync };\n`],
] as const)
  test(`moving is no excuse for an import with ${what}`, () => {
    const found = judge({ 'src/a.js': [base + LOAD + CALL, MOVED], 'src/load.js': [null, candidate] });
    assert.ok(found.includes('new-import refused'), found.join());
  });

test('moving is no excuse for an import while the function stays', () => {
  const found = judge({ 'src/a.js': [READ + LOAD + CALL, READ + LOAD + CALL + KEYS], 'src/load.js': [null, `${READ}export ${LOAD}`] });
  assert.ok(found.includes('new-import refused'), found.join());
});
