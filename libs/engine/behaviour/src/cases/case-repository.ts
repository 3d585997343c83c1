import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NODE_TARGET, REPO_TARGET, run, type SandboxResult } from '@codeoptima/sandbox';
import { type BehaviourReport, checkBehaviour, type RunCallback } from '../index.ts';

/** A small repository in two versions. */
export interface BehaviourCase {
  name: string;
  file?: string;
  base: string;
  candidate: string;
  /** Body of the repository's own test; `lib` is the module, `assert` is there. */
  test: string;
  /** The difference shows on inputs the tests use; the others need the search. */
  seen?: boolean;
}

export function writeRepository(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'codeoptima-case-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

export const runNodeTests: RunCallback = async (dir, context) => {
  await run({
    argv: [NODE_TARGET, '--test', '--test-isolation=none', 'test/**/*.test.*'],
    cwd: REPO_TARGET,
    mounts: [{ source: dir, target: REPO_TARGET, mode: 'rw' }],
    env: context.env,
    limits: { wall_ms: 120_000 },
  });
};

export function filesOf(item: BehaviourCase, source: string): Record<string, string> {
  const file = item.file ?? 'src/lib.js';
  const isModule = /^export /m.test(source) || file.endsWith('.ts');
  const load = isModule
    ? `import * as lib from '../${file}';\nimport assert from 'node:assert/strict';\nimport { test } from 'node:test';`
    : `const lib = require('../${file}');\nconst assert = require('node:assert/strict');\nconst { test } = require('node:test');`;
  return {
    'package.json': JSON.stringify({ name: 'case', version: '1.0.0', type: isModule ? 'module' : 'commonjs', main: file }),
    [file]: source,
    [`test/lib.test.${isModule ? 'mjs' : 'cjs'}`]: `${load}\ntest('works', async () => {\n${item.test}\n});\n`,
  };
}

/** Checks one case from capture to report. */
export async function checkCase(
  item: BehaviourCase,
  options: { seed?: number; inputs_max?: number; budget_ms?: number } = {},
): Promise<BehaviourReport> {
  const base = writeRepository(filesOf(item, item.base));
  const candidate = writeRepository(filesOf(item, item.candidate));
  try {
    return await checkBehaviour({
      base_dir: base,
      candidate_dir: candidate,
      changed_files: [item.file ?? 'src/lib.js'],
      run_tests: runNodeTests,
      seed: options.seed ?? 1,
      budget_ms: options.budget_ms ?? 60_000,
      ...(options.inputs_max === undefined ? {} : { inputs_max: options.inputs_max }),
    });
  } finally {
    rmSync(base, { recursive: true, force: true });
    rmSync(candidate, { recursive: true, force: true });
  }
}

/** Runs a generated test in both versions. */
export async function runGenerated(item: BehaviourCase, source: string): Promise<{ base: SandboxResult; candidate: SandboxResult }> {
  const one = async (version: string): Promise<SandboxResult> => {
    const dir = writeRepository({ ...filesOf(item, version), 'generated.test.mjs': source });
    try {
      return await run({
        argv: [NODE_TARGET, '--test', 'generated.test.mjs'],
        cwd: REPO_TARGET,
        mounts: [{ source: dir, target: REPO_TARGET, mode: 'ro' }],
      });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  };
  return { base: await one(item.base), candidate: await one(item.candidate) };
}
