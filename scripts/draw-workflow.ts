import { drawWorkflow, loadWorkflow } from '@codeoptima/workflow';
import { writeFileSync } from 'node:fs';

// Writes docs/run-states.md from workflows/optimize.yaml; scripts/draw-workflow.test.ts fails when the two have parted.
const page = new URL('../docs/run-states.md', import.meta.url);
writeFileSync(page, drawWorkflow(loadWorkflow('optimize'), 'workflows/optimize.yaml'));
