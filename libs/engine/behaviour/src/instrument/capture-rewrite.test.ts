import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { instrumentForCapture } from './capture-rewrite.ts';
import { functionsOf } from './functions.ts';

test('a linter that the build begins with finds nothing in what was written into the code', () => {
  const dir = mkdtempSync(join(tmpdir(), 'codeoptima-linted-'));
  try {
    const source = `'use strict';\n\nconst twice = (n) => n * 2;\nclass Box {\n  constructor(n) {\n    this.n = n;\n  }\n}\n\nmodule.exports = { twice, Box };\n`;
    const { program, functions } = functionsOf(source, 'lib.js');
    const targets = functions.map((info, id) => ({ info, id }));
    const oxlint = resolve('node_modules/oxlint/bin/oxlint');
    const lint = (text: string): number | null => {
      writeFileSync(join(dir, 'lib.js'), text);
      const rules = ['--deny', 'no-underscore-dangle', '--deny', 'no-unused-vars', '--deny', 'max-statements-per-line', '--deny', 'eqeqeq'];
      return spawnSync(process.execPath, [oxlint, ...rules, '.'], { cwd: dir }).status;
    };
    const instrumented = instrumentForCapture(source, 'lib.js', program, targets, '/runtime');
    assert.equal(lint(source), 0, 'the code itself is clean');
    assert.notEqual(lint(instrumented.replace('/* eslint-disable */', '')), 0, 'without the mark the linter objects');
    assert.equal(lint(instrumented), 0);
    assert.ok(instrumented.split('\n')[3]?.startsWith('class Box {'), 'nothing moved to another line');
  } finally {
    rmSync(dir, { recursive: true });
  }
});
