import type { TestOutcome } from '@codeoptima/contracts';
import { z } from 'zod';

/** One line of `runtime/node-test-reporter.mjs`. */
const Line = z.object({
  type: z.enum(['test:start', 'test:pass', 'test:fail']),
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

/**
 * Outcomes of node:test. A suite is no test, except when it fails by itself (a hook that throws). A test that started and never ended is
 * a failed one: it hung, or its process died.
 */
export function nodeTestOutcomes(text: string): TestOutcome[] {
  const outcomes: TestOutcome[] = [];
  const open = new Map<string, string[]>();
  for (const line of text.split('\n').map(parse)) {
    if (line === null) continue;
    const file = line.file ?? '';
    const stack = open.get(file) ?? [];
    if (line.type === 'test:start') {
      open.set(file, [...stack.slice(0, line.nesting), line.name]);
      continue;
    }
    const parents = stack.slice(0, line.nesting);
    open.set(file, parents);
    if (line.kind === 'suite' && (line.type === 'test:pass' || line.failure === 'subtestsFailed')) continue;
    const id = [file, ...parents, line.name].filter((part, index) => part !== '' && !(index > 0 && part === file)).join(' > ');
    outcomes.push({ id, status: status(line), duration_ms: line.duration_ms, message: line.message });
  }
  for (const [file, stack] of open) {
    if (stack.length > 0)
      outcomes.push({
        id: [file, ...stack].join(' > '),
        status: 'failed',
        duration_ms: null,
        message: 'The test started and did not end.',
      });
  }
  return outcomes;
}
