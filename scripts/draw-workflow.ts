import { drawWorkflow, loadWorkflow } from '@codeoptima/workflow';
import { writeFileSync } from 'node:fs';
import { scriptArguments } from './script-arguments.ts';

const HELP = `usage: sh scripts/in-node.sh scripts/draw-workflow.ts

Writes docs/run-states.md from workflows/optimize.yaml; scripts/draw-workflow.test.ts fails when the two have parted.`;

scriptArguments({ name: 'draw-workflow', help: HELP });
const page = new URL('../docs/run-states.md', import.meta.url);
writeFileSync(page, drawWorkflow(loadWorkflow('optimize'), 'workflows/optimize.yaml'));
