import { plural, type TestOutcome } from '@codeoptima/contracts';
import { lastSentence } from './install/complaint.ts';
import type { TestRun } from './tests/run-tests.ts';

/** What several runs of the same tests say together. */
export interface BaselineTests {
  /** Passed in every run: these must pass after a change. */
  gate: string[];
  /** Failed in every run. */
  failing: string[];
  /** Differed between runs. */
  flaky: string[];
  /** Ids of every run. */
  total: number;
}

/** Judges test by test. A test that is missing from a run, where it had been in another, differs. Skipped tests are no part of the gate. */
export function judgeBaseline(runs: readonly (readonly TestOutcome[])[]): BaselineTests {
  const seen = new Map<string, TestOutcome['status'][]>();
  for (const outcomes of runs) for (const { id, status } of outcomes) seen.set(id, [...(seen.get(id) ?? []), status]);
  const result: BaselineTests = { gate: [], failing: [], flaky: [], total: seen.size };
  for (const [id, statuses] of seen) {
    const all = (status: TestOutcome['status']): boolean => statuses.length === runs.length && statuses.every((each) => each === status);
    if (all('passed')) result.gate.push(id);
    else if (all('failed')) result.failing.push(id);
    else if (!all('skipped')) result.flaky.push(id);
  }
  return result;
}

export interface BaselineRuns {
  runs: TestRun[];
  tests: BaselineTests;
  /** Null when there is a gate; else one sentence: why no change could be judged. */
  failure: string | null;
}

export interface BaselineOptions {
  mode: 'tolerant' | 'strict';
  test_minutes: number;
  /** One run of the tests in a fresh copy of the prepared tree. */
  runOnce: (index: number) => Promise<TestRun>;
  progress?: ((detail: string, fraction: number) => void) | undefined;
}

const RUNS = 2;
/** When two runs differ, this many are made, so that a test that fails one time in three is found. */
const RUNS_WHEN_FLAKY = 6;
/** P2: the first run and two retries. */
const RUNS_STRICT = 3;

const allPassed = (run: TestRun): boolean =>
  run.outcome === 'exited' && run.exit_code === 0 && run.outcomes.every(({ status }) => status !== 'failed');

/** A run that ended before its tests could tell: why, in a sentence. */
function incomplete(run: TestRun, minutes: number): string | null {
  if (run.outcome === 'timed_out') return `The tests did not end within ${plural(minutes, 'minute')}.${hung(run)}`;
  if (run.outcome === 'memory_limit') return 'The tests needed more memory than the sandbox allows.';
  if (run.outcome === 'output_limit') return 'The tests printed more than the sandbox allows.';
  if (run.outcomes.length === 0)
    return `No test reported a result (exit code ${run.exit_code ?? 'none'}): ${lastSentence(run.log).replace(/\.$/, '')}.`;
  return null;
}

function hung(run: TestRun): string {
  const last = run.outcomes.findLast(({ message }) => message?.includes('did not end') === true);
  return last === undefined ? '' : ` The last that ran was '${last.id}'.`;
}

/** What a failing test said, when it said anything. */
function why(runs: readonly TestRun[], id: string): string {
  const message = runs.flatMap(({ outcomes }) => outcomes).find((outcome) => outcome.id === id && outcome.message !== null)?.message;
  return message ? `: ${lastSentence(message).replace(/\.$/, '')}` : '';
}

async function strict(options: BaselineOptions): Promise<BaselineRuns> {
  const runs: TestRun[] = [];
  while (runs.length < RUNS_STRICT) {
    options.progress?.(`tests run ${runs.length + 1} of at most ${RUNS_STRICT}`, runs.length / RUNS_STRICT);
    const run = await options.runOnce(runs.length);
    runs.push(run);
    if (run.outcome === 'cancelled') break;
    if (!allPassed(run) || run.outcomes.length === 0) continue;
    // P2 accepts a retry that is green; one more run then tells the flaky ones, so that they cannot refuse a good change.
    options.progress?.('tests run once more, to find unsteady ones', 1);
    runs.push(await options.runOnce(runs.length));
    return { runs, tests: judgeBaseline(runs.map(({ outcomes }) => outcomes)), failure: null };
  }
  const last = runs.at(-1);
  const failed = last?.outcomes.filter(({ status }) => status === 'failed').map(({ id }) => id) ?? [];
  const reason =
    (last && incomplete(last, options.test_minutes)) ??
    `${failed.length} of ${plural(last?.outcomes.length ?? 0, 'test')} failed, the first is '${failed[0] ?? ''}'${why(runs, failed[0] ?? '')}.`;
  const failure = `With baseline = "strict" all tests must pass within two retries. ${reason}`;
  return { runs, tests: judgeBaseline(runs.map(({ outcomes }) => outcomes)), failure };
}

/**
 * Runs the tests at least twice and keeps their outcomes test by test. `tolerant`: failing and flaky tests are named and taken out of the
 * gate, and only an empty gate is a failure. `strict`: everything green within two retries.
 */
export async function baseline(options: BaselineOptions): Promise<BaselineRuns> {
  if (options.mode === 'strict') return await strict(options);
  const runs: TestRun[] = [];
  let wanted = RUNS;
  while (runs.length < wanted) {
    options.progress?.(`tests run ${runs.length + 1} of ${wanted}`, runs.length / wanted);
    const run = await options.runOnce(runs.length);
    runs.push(run);
    const failure = run.outcome === 'cancelled' ? 'The tests were cancelled.' : incomplete(run, options.test_minutes);
    if (failure !== null) return { runs, tests: judgeBaseline(runs.map(({ outcomes }) => outcomes)), failure };
    if (runs.length === RUNS && judgeBaseline(runs.map(({ outcomes }) => outcomes)).flaky.length > 0) wanted = RUNS_WHEN_FLAKY;
  }
  const tests = judgeBaseline(runs.map(({ outcomes }) => outcomes));
  if (tests.gate.length > 0) return { runs, tests, failure: null };
  const first = tests.failing[0] ?? tests.flaky[0];
  const failure =
    first === undefined
      ? 'Every test is skipped, so nothing could judge a change.'
      : `No test passes in every run, so nothing could judge a change; the first that fails, on Node ${process.versions.node}, is '${first}'${why(runs, first)}.`;
  return { runs, tests, failure };
}
