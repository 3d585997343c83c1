import type { TestOutcome } from '@codeoptima/contracts';
import { z } from 'zod';

/** The report that Jest and Vitest share. */
const JestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string().optional(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          duration: z.number().nonnegative().nullish().catch(null),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** One line of runtime/mocha-reporter.cjs. */
const MochaOutcome = z.object({
  n: z.number(),
  status: z.enum(['passed', 'failed', 'skipped']),
  file: z.string().nullable(),
  title: z.string(),
  duration_ms: z.number().nonnegative().nullable(),
  message: z.string().nullable(),
});

const JEST_STATUS: Record<string, TestOutcome['status']> = { passed: 'passed', failed: 'failed' };
const shorten = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text.slice(0, 2000));

/** A file that could not be loaded has no tests of its own; it counts as one that failed. */
export function jestOutcomes(text: string): TestOutcome[] {
  return JestReport.parse(JSON.parse(text)).testResults.flatMap((file): TestOutcome[] => {
    if (file.assertionResults.length === 0 && file.status === 'failed') {
      return [{ id: file.name, status: 'failed', duration_ms: null, message: shorten(file.message) }];
    }
    return file.assertionResults.map((test) => ({
      id: [file.name, ...test.ancestorTitles.filter((title) => title !== ''), test.title].join(' > '),
      status: JEST_STATUS[test.status] ?? 'skipped',
      duration_ms: test.duration ?? null,
      message: shorten(test.failureMessages?.[0]),
    }));
  });
}

/** A failing hook counts as a failed test; of what is told twice under one number the later word counts. */
export function mochaOutcomes(text: string): TestOutcome[] {
  const outcomes = new Map<number, TestOutcome>();
  for (const line of text.split('\n').filter((item) => item !== '')) {
    const { n, status, file, title, duration_ms, message } = MochaOutcome.parse(JSON.parse(line));
    outcomes.set(n, { id: [file, title].filter(Boolean).join(' > '), status, duration_ms, message: shorten(message ?? undefined) });
  }
  return [...outcomes.values()];
}
