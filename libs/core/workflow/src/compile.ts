import { CodeOptimaError } from '@codeoptima/contracts';
import { parse } from 'yaml';
import { z } from 'zod';
import { WorkflowDefinition, type Arrow } from './definition.ts';
import { checkReferences } from './check-references.ts';
import { hashJson } from './json.ts';

/** What can move a run: a task's end, a person's signal, a timer, a brake before a task, or the start. */
export type Trigger = 'start' | 'completed' | 'failed' | 'expired' | 'brake' | `signal:${string}` | `timer:${string}`;

/** One compiled workflow: every (state, trigger) with its arrows in order, choices resolved. */
export interface Table {
  /** Hash of the definition; pinned by each run for as long as it lives. */
  readonly version: string;
  readonly definition: WorkflowDefinition;
  readonly rows: Readonly<Record<string, readonly Arrow[]>>;
}

export const rowKey = (state: string, trigger: Trigger): string => `${state} ${trigger}`;

/** Arrows of a row; empty when the state does not hear the trigger. */
export const arrowsOf = (table: Table, state: string, trigger: Trigger): readonly Arrow[] => table.rows[rowKey(state, trigger)] ?? [];

export const isTerminal = (table: Table, state: string): boolean => Object.hasOwn(table.definition.terminal, state);

/** @throws CodeOptimaError bad_input with every fault of the file, each with its place. */
export function compileWorkflow(yaml: string, file: string): Table {
  let raw: unknown;
  try {
    raw = parse(yaml);
  } catch (error) {
    throw new CodeOptimaError('bad_input', `${file} is not YAML: ${error instanceof Error ? error.message : String(error)}`, {
      ids: { path: file },
    });
  }
  return compileDefinition(raw, file);
}

/** Compiles a definition that was parsed before, such as one a run was pinned to. */
export function compileDefinition(raw: unknown, file: string): Table {
  const parsed = WorkflowDefinition.safeParse(raw);
  if (!parsed.success)
    throw new CodeOptimaError('bad_input', `${file} is not a workflow:\n${z.prettifyError(parsed.error)}`, { ids: { path: file } });
  const faults = checkReferences(parsed.data);
  if (faults.length > 0)
    throw new CodeOptimaError('bad_input', `${file} is not a workflow:\n${faults.join('\n')}`, { ids: { path: file } });
  return { version: hashJson(parsed.data).slice(0, 16), definition: parsed.data, rows: buildRows(parsed.data) };
}

function buildRows(definition: WorkflowDefinition): Record<string, Arrow[]> {
  const rows: Record<string, Arrow[]> = {};
  const add = (state: string, trigger: Trigger, arrows: Arrow[]): void => {
    if (arrows.length > 0) rows[rowKey(state, trigger)] = arrows.flatMap((arrow) => resolveChoice(definition, arrow));
  };
  for (const [name, state] of Object.entries(definition.states)) {
    if (name === definition.entry) add(name, 'start', [{ to: definition.start }]);
    if (state.task !== undefined) {
      add(name, 'completed', state.completed ?? []);
      add(name, 'failed', [...(state.failed ?? []), ...definition.failed]);
      add(name, 'expired', [...(state.expired ?? []), ...definition.expired]);
      if (state.brakes) add(name, 'brake', definition.brakes);
    }
    for (const signal of new Set([...Object.keys(state.signals), ...Object.keys(definition.signals)])) {
      add(name, `signal:${signal}`, [...(state.signals[signal] ?? []), ...(definition.signals[signal] ?? [])]);
    }
    for (const [timer, { fired }] of Object.entries(definition.timers)) add(name, `timer:${timer}`, fired);
  }
  return rows;
}

/** An arrow to a choice becomes the choice's arrows, each under both guards. */
function resolveChoice(definition: WorkflowDefinition, arrow: Arrow): Arrow[] {
  const choice = definition.choices[arrow.to];
  if (choice === undefined) return [arrow];
  return choice.flatMap((inner) => {
    const guards = [arrow.when, inner.when].filter((guard) => guard !== undefined);
    const reason = inner.reason ?? arrow.reason;
    const joined: Arrow = { to: inner.to, set: { ...arrow.set, ...inner.set } };
    if (guards.length > 0) joined.when = guards.length === 1 ? guards[0] : { all: guards };
    if (reason !== undefined) joined.reason = reason;
    return resolveChoice(definition, joined);
  });
}
