import type { TestOutcome } from '@codeoptima/contracts';
import { parseTap, type TapPoint } from './tap.ts';

function status(point: TapPoint): TestOutcome['status'] {
  if (point.directive !== null) return 'skipped';
  return point.ok ? 'passed' : 'failed';
}

/** AVA and tap: one point a test. */
export function tapOutcomes(text: string): TestOutcome[] {
  return parseTap(text).map((point) => ({
    id: point.path.join(' > '),
    status: status(point),
    duration_ms: point.duration_ms,
    message: point.ok ? null : (point.diagnostics?.slice(0, 2000) ?? null),
  }));
}

/** tape: a point is one assertion; its test is named by the comment before. A test passes when all of its assertions do. */
export function tapeOutcomes(text: string): TestOutcome[] {
  const tests = new Map<string, TestOutcome>();
  for (const point of parseTap(text)) {
    const id = point.comment ?? point.path.join(' > ');
    const test = tests.get(id) ?? { id, status: 'skipped' as const, duration_ms: null, message: null };
    const now = status(point);
    if (test.status === 'skipped' || now === 'failed') test.status = now;
    if (now === 'failed') test.message ??= `${point.path.join(' > ')}\n${point.diagnostics ?? ''}`.trim().slice(0, 2000);
    tests.set(id, test);
  }
  return [...tests.values()];
}
