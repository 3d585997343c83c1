import type { TestOutcome } from '@codeoptima/contracts';
import { z } from 'zod';

/** One line of `runtime/node-test-reporter.mjs`. */
const Line = z.object({
  type: z.enum(['test:start', 'test:pass', 'test:fail', 'test:dequeue', 'test:complete']),
  name: z.string(),
  nesting: z.number().int().nonnegative(),
  file: z.string().nullable(),
  kind: z.string(),
  duration_ms: z.number().nonnegative().nullable(),
  skip: z.boolean(),
  todo: z.boolean(),
  failure: z.string().nullable(),
  message: z.string().nullable(),
});
type Line = z.infer<typeof Line>;

function parse(text: string): Line | null {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    // The last line of a run that was killed may be cut.
    return null;
  }
}

function status(line: Line): TestOutcome['status'] {
  // A test marked todo may fail without failing the run.
  if (line.skip || line.todo) return 'skipped';
  return line.type === 'test:pass' ? 'passed' : 'failed';
}

/** Tests that began to run, as they run; results come in the order of definition instead, and only when all before them have ended. */
class Running {
  readonly #stacks = new Map<string, string[]>();

  see({ type, file, nesting, name }: Line): void {
    const stack = (this.#stacks.get(file ?? '') ?? []).slice(0, nesting);
    this.#stacks.set(file ?? '', type === 'test:dequeue' ? [...stack, name] : stack);
  }

  /** The innermost of each file: it hung, or its process died. */
  unfinished(): TestOutcome[] {
    return [...this.#stacks].flatMap(([file, stack]) =>
      stack.length === 0
        ? []
        : [{ id: testId(file, stack), status: 'failed', duration_ms: null, message: 'The test started and did not end.' }],
    );
  }
}

/** node:test wraps each file in a test that is called like it. */
const testId = (file: string, names: readonly string[]): string =>
  [file, ...names.filter((name) => name !== '' && name !== file)].filter((part) => part !== '').join(' > ');

/**
 * Outcomes of node:test. A suite is no test, except when it fails by itself (a hook that throws). A test that started and never ended is
 * a failed one.
 */
export function nodeTestOutcomes(text: string): TestOutcome[] {
  const outcomes: TestOutcome[] = [];
  const open = new Map<string, string[]>();
  const running = new Running();
  for (const line of text.split('\n').map(parse)) {
    if (line === null) continue;
    if (line.type === 'test:dequeue' || line.type === 'test:complete') {
      running.see(line);
      continue;
    }
    const file = line.file ?? '';
    const parents = (open.get(file) ?? []).slice(0, line.nesting);
    open.set(file, line.type === 'test:start' ? [...parents, line.name] : parents);
    if (line.type === 'test:start' || (line.kind === 'suite' && (line.type === 'test:pass' || line.failure === 'subtestsFailed'))) continue;
    outcomes.push({
      id: testId(file, [...parents, line.name]),
      status: status(line),
      duration_ms: line.duration_ms,
      message: line.message,
    });
  }
  return [...outcomes, ...running.unfinished()];
}
