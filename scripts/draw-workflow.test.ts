import { drawWorkflow, loadWorkflow } from '@codeoptima/workflow';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

test('docs/run-states.md is drawn from the workflow as it is', () => {
  const drawn = drawWorkflow(loadWorkflow('optimize'), 'workflows/optimize.yaml');
  const page = readFileSync(new URL('../docs/run-states.md', import.meta.url), 'utf8');
  assert.equal(page, drawn, 'draw it anew: sh scripts/in-node.sh scripts/draw-workflow.ts');
});
