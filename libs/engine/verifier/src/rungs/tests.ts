import { plural } from '@codeoptima/contracts';
import { rm } from 'node:fs/promises';
import type { Ascent } from '../ascent.ts';
import type { Rung } from '../ladder.ts';

/** The repository's tests on a fresh copy of the candidate, compared test by test with those that must pass. */
export const tests = (name: 'tests' | 'final tests'): Rung<Ascent> => ({
  name,
  doing: name === 'tests' ? 'running the tests' : 'running all tests once more',
  async climb(ascent, signal) {
    const { subject } = ascent;
    if (subject.gate.length === 0) return { outcome: 'warning', detail: 'the repository has no test that could fail' };
    const regressed = await regressedTests(ascent, signal, subject.gate);
    // A test that fails once may be flaky although the baseline did not see it: what fails twice has regressed.
    const confirmed = regressed.length > 0 ? await regressedTests(ascent, signal, regressed) : [];
    if (ascent.tests) ascent.tests.regressed = confirmed;
    if (confirmed.length > 0) {
      const more = confirmed.length > 1 ? ` and ${confirmed.length - 1} more` : '';
      return {
        outcome: 'failed',
        detail: confirmed.join('; ').slice(0, 2000),
        fall: { verdict: 'tests_regressed', reason: `Fails with the change, passed before: ${confirmed[0] ?? ''}${more}.` },
      };
    }
    const flaky = regressed.length > 0 ? `; failed once and passed again: ${regressed.join('; ')}` : '';
    return {
      outcome: regressed.length > 0 ? 'warning' : 'passed',
      detail: `${subject.gate.length} of ${plural(subject.gate.length, 'test')} ${subject.gate.length === 1 ? 'passes' : 'pass'}${flaky}`,
    };
  },
});

async function regressedTests(ascent: Ascent, signal: AbortSignal, gate: readonly string[]): Promise<string[]> {
  const { subject } = ascent;
  const dir = await subject.copy(subject.candidate_dir);
  try {
    const run = await subject.run_tests(dir, { signal, detail: ascent.detail });
    const passed = new Set(run.outcomes.filter((test) => test.status === 'passed').map((test) => test.id));
    ascent.tests = { before: subject.before, after: { total: run.outcomes.length, passed: passed.size }, regressed: [] };
    return gate.filter((id) => !passed.has(id));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
