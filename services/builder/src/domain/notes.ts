import type { RepositoryFacts } from '@codeoptima/scm';
import type { BaselineTests } from '@codeoptima/toolchains';

const NAMED_MAX = 5;

/** The first few of a list, and how many more there are. */
export function someOf(names: readonly string[]): string {
  const rest = names.length - NAMED_MAX;
  return names.slice(0, NAMED_MAX).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** What a person should know about the repository before they read the result. */
export function repositoryNotes(facts: RepositoryFacts, missing_submodules: readonly string[]): string[] {
  const notes: string[] = [];
  if (facts.dirty.length > 0) {
    notes.push(
      `The working tree has uncommitted changes (${someOf(facts.dirty)}); they are left alone, and the run works on the commit ${facts.commit.slice(0, 12)}.`,
    );
  }
  if (facts.branch === null) notes.push('HEAD is detached, so there is no base branch to merge into.');
  if (facts.shallow) notes.push('The repository is a shallow clone; only the commit itself is needed.');
  if (missing_submodules.length > 0)
    notes.push(`Submodules that are not available without a network stay empty: ${someOf(missing_submodules)}.`);
  return notes;
}

/** The tests that do not judge a change, by name. */
export function testNotes(tests: BaselineTests): string[] {
  const notes: string[] = [];
  const count = (names: readonly string[], one: string, many: string): string =>
    names.length === 1 ? `1 test ${one}` : `${names.length} tests ${many}`;
  if (tests.failing.length > 0)
    notes.push(`${count(tests.failing, 'fails', 'fail')} before any change and cannot judge one: ${someOf(tests.failing)}.`);
  if (tests.flaky.length > 0)
    notes.push(
      `${count(tests.flaky, 'differs', 'differ')} between runs of the same code and cannot judge a change: ${someOf(tests.flaky)}.`,
    );
  return notes;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? 0;
  const high = sorted[Math.floor(middle)] ?? low;
  return (low + high) / 2;
}
