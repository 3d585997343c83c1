import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { captureCalls } from '@codeoptima/behaviour';
import { detectToolchain, prepareTree, runTests } from '@codeoptima/toolchains';

/** Kept between runs of these tests: the packages are downloaded once. */
const CACHE = join(tmpdir(), 'codeoptima-toolchains-cache');
const LIB = `class Counter { constructor(start) { this.count = start; } add(by) { this.count += by; return this; } }
function words(text) { return text.split(' ').filter((word) => word !== ''); }
`;

interface Case {
  framework: string;
  packages: Record<string, string>;
  files: Record<string, string>;
}

const BODY = `test('ok', () => { expect(words('a  b')).toEqual(['a', 'b']); expect(new Counter(1).add(2).count).toBe(3); });`;
const CASES: Case[] = [
  {
    framework: 'jest',
    packages: { jest: '29.7.0' },
    files: {
      'src/lib.js': `${LIB}module.exports = { Counter, words };\n`,
      'a.test.js': `const { Counter, words } = require('./src/lib.js'); ${BODY}`,
    },
  },
  {
    framework: 'vitest',
    packages: { vitest: '3.2.4' },
    files: {
      'src/lib.mjs': `${LIB}export { Counter, words };\n`,
      'a.test.mjs': `import { expect, test } from 'vitest'; import { Counter, words } from './src/lib.mjs'; ${BODY}`,
    },
  },
];

// Installs a test runner from the registry, half a minute each.
for (const { framework, packages, files } of CASES)
  test(`captures calls under ${framework}`, { skip: process.env['CODEOPTIMA_LONG'] !== '1' }, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'codeoptima-capture-frameworks-'));
    const signal = AbortSignal.timeout(8 * 60_000);
    try {
      const manifest = { name: 'subject', version: '1.0.0', scripts: { test: framework }, devDependencies: packages };
      for (const [path, text] of Object.entries({ ...files, 'package.json': JSON.stringify(manifest) })) {
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        writeFileSync(join(dir, path), text);
      }
      const { toolchain } = await detectToolchain(dir, {});
      const progress = (): void => undefined;
      await prepareTree({ dir, toolchain, cache_dir: CACHE, build_ms: 300_000, strict: false, unsafe_no_sandbox: false, signal, progress });
      const limits = { wall_ms: 120_000 };
      const captured = await captureCalls({
        dir,
        changed: 'all-own',
        seed: 1,
        runTests: async (tree, { env }) =>
          void (await runTests({ dir: tree, toolchain, env, limits, unsafe_no_sandbox: false, signal, progress })),
      });
      for (const symbol of ['words', 'Counter.add', 'Counter.constructor']) {
        const found = captured.functions.find((item) => item.meta.symbol === symbol);
        assert.ok((found?.sessions_kept ?? 0) > 0, JSON.stringify(captured.functions));
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
