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

const MochaTest = z.object({
  title: z.string(),
  fullTitle: z.string(),
  file: z.string().nullish(),
  duration: z.number().nonnegative().nullish(),
  err: z.object({ message: z.string().optional() }).nullish().catch(null),
});
const MochaReport = z.object({ tests: z.array(MochaTest), pending: z.array(MochaTest), failures: z.array(MochaTest) });

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

/** A failing hook is listed among the failures only, and counts as a failed test. */
export function mochaOutcomes(text: string): TestOutcome[] {
  const report = MochaReport.parse(JSON.parse(text));
  const key = (test: z.infer<typeof MochaTest>): string => `${test.file ?? ''} > ${test.fullTitle}`;
  const failed = new Set(report.failures.map(key));
  const pending = new Set(report.pending.map(key));
  const listed = new Set(report.tests.map(key));
  const hooks = report.failures.filter((test) => !listed.has(key(test)));
  return [...report.tests, ...hooks].map((test) => ({
    id: [test.file, test.fullTitle].filter(Boolean).join(' > '),
    status: failed.has(key(test)) ? 'failed' : pending.has(key(test)) ? 'skipped' : 'passed',
    duration_ms: test.duration ?? null,
    message: shorten(test.err?.message),
  }));
}
