import type { FunctionMeta, Session } from '../runtime/graph.ts';
import type { Observation } from '../runtime/observation.ts';
import { outcomeText, stepText, variable } from './readable.ts';

/** A node:test file that fails on the candidate and passes on the base. */
export function asTest(
  session: Session,
  functions: FunctionMeta[],
  step: number,
  base: Observation | undefined,
  candidate: Observation | undefined,
): string {
  const files = [...new Set(session.steps.map((item) => functions[item.id]?.file ?? ''))];
  const name = (file: string): string => `module${files.indexOf(file) + 1}`;
  const lines = [
    "import assert from 'node:assert/strict';",
    "import { test } from 'node:test';",
    "import { inspect } from 'node:util';",
    ...files.map((file) => `import * as ${name(file)} from './${file}';`),
    '',
    `test(${JSON.stringify(`${functions[session.targets[0] ?? 0]?.symbol ?? 'the change'} behaves as before`)}, async () => {`,
  ];
  for (const [index, item] of session.steps.entries()) {
    const meta = functions[item.id];
    const callee = meta ? calleeText(meta, functions, name(meta.file)) : '?';
    const text = stepText(item, session.nodes, functions, callee);
    const isLast = index === session.steps.length - 1;
    lines.push(
      isLast
        ? `  const outcome = await Promise.resolve().then(() => ${text}).then((value) => inspect(value, { depth: 9 }), String);`
        : `  const ${variable(index)} = await ${text};`,
    );
  }
  lines.push(`  // before: ${oneLine(outcomeText(base, functions))}`, `  // after:  ${oneLine(outcomeText(candidate, functions))}`);
  lines.push(`  assert.equal(outcome, ${JSON.stringify('<the value the base gives>')});`, '});', '');
  void step;
  return lines.join('\n');
}

function calleeText(meta: FunctionMeta, functions: FunctionMeta[], module: string): string {
  const owner = meta.class_id === null ? meta : (functions[meta.class_id] ?? meta);
  if (owner.exported === 'default') return `(${module}.default ?? ${module})`;
  return `${module}.${owner.exported ?? owner.symbol}${meta.class_id !== null && meta.kind === 'static' ? `.${meta.name}` : ''}`;
}

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').slice(0, 600);
