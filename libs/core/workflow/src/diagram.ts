import type { Table } from './compile.ts';
import type { Arrow, WorkflowDefinition } from './definition.ts';
import { describeGuard } from './guard.ts';

/** Mermaid state diagram and tables of a workflow, drawn from the same file the engine runs. */
export function drawWorkflow({ definition, version }: Table, file: string): string {
  return [
    `# Run states of \`${definition.workflow}\``,
    '',
    definition.about.trim(),
    '',
    `Drawn from \`${file}\` by \`scripts/draw-workflow.ts\` (machine version \`${version}\`); a test fails when the two differ.`,
    '',
    '```mermaid',
    ...diagramLines(definition),
    '```',
    '',
    'From every state with a task: ' +
      [...describe(definition.expired, 'lease expired too often'), ...describe(definition.failed, 'failed for good')].join('; ') +
      '.',
    'From every state: ' +
      Object.entries(definition.signals)
        .flatMap(([name, arrows]) => describe(arrows, `signal ${name}`))
        .join('; ') +
      '.',
    '',
    '## States',
    '',
    '| State | Task (service, attempts) | What happens |',
    '|---|---|---|',
    ...Object.entries(definition.states).map(([name, state]) => {
      const task = state.task === undefined ? undefined : definition.tasks[state.task];
      return `| \`${name}\` | ${task === undefined ? '' : `\`${state.task}\` (${task.service}, ${task.attempts})`} | ${state.about} |`;
    }),
    '',
    '## Ends',
    '',
    '| Terminal state | Meaning |',
    '|---|---|',
    ...Object.entries(definition.terminal).map(([name, about]) => `| \`${name}\` | ${about} |`),
    '',
    '## Brakes',
    '',
    'Tried before a task is started or repeated:',
    '',
    ...definition.brakes.map((arrow) => `- ${arrow.when === undefined ? 'always' : describeGuard(arrow.when)} → \`${arrow.to}\``),
    '',
    '## Timers',
    '',
    '| Timer | Starts on | Stops on | When it fires |',
    '|---|---|---|---|',
    ...Object.entries(definition.timers).map(
      ([name, timer]) =>
        `| \`${name}\` | ${timer.starts_on.join(', ')} | ${timer.stops_on.join(', ')} | ${describe(timer.fired, '').join('; ')} |`,
    ),
    '',
  ].join('\n');
}

const describe = (arrows: Arrow[], label: string): string[] =>
  arrows.map(({ when, to }) =>
    [label, when === undefined ? '' : describeGuard(when), `→ \`${to}\``].filter((part) => part !== '').join(' '),
  );

function diagramLines(definition: WorkflowDefinition): string[] {
  const line = (from: string, to: string, label: string): string => `  ${from} --> ${to}: ${label.replaceAll(/[:;#]/g, ' ')}`;
  const rows = (from: string, trigger: string, arrows: Arrow[] = []): string[] =>
    arrows.map((arrow) =>
      line(
        from,
        arrow.to,
        [trigger, arrow.when === undefined ? '' : describeGuard(arrow.when)].filter((part) => part !== '').join(', ') || 'else',
      ),
    );
  const states = Object.entries(definition.states).flatMap(([name, state]) => [
    ...rows(name, '', state.completed),
    ...rows(name, 'failed', state.failed),
    ...rows(name, 'lease expired too often', state.expired),
    ...Object.entries(state.signals).flatMap(([signal, arrows]) => rows(name, signal, arrows)),
  ]);
  return [
    'stateDiagram-v2',
    ...Object.keys(definition.choices).map((name) => `  state ${name} <<choice>>`),
    `  [*] --> ${definition.entry}`,
    line(definition.entry, definition.start, 'a slot is free'),
    ...states,
    ...Object.entries(definition.choices).flatMap(([name, arrows]) => rows(name, '', arrows)),
    ...Object.keys(definition.terminal).map((name) => `  ${name} --> [*]`),
  ];
}
