import { plural } from '@codeoptima/contracts';
import { randomBytes } from 'node:crypto';
import {
  type BehaviourDifference,
  type BehaviourReport,
  captureCalls,
  changedFunctions,
  checkBehaviour,
  type RunCallback,
} from '@codeoptima/behaviour';
import type { Ascent } from '../ascent.ts';
import { parseDiff } from '../guards/index.ts';
import type { Rung } from '../ladder.ts';
import { runWorkloadOnce } from '../run-workload.ts';

const SOURCE = /\.[cm]?[jt]sx?$/;
const DECLARATION = /\.d\.[cm]?ts$/;

/** Two minutes for the rung in all: recording, replaying, searching. */
const CAPTURE_MS = 45_000;
const REPLAY_MS = 30_000;
const SEARCH_MS = 45_000;

/** Replays what tests and workloads did on both versions, then searches for inputs nobody has tried. */
export const behaviour: Rung<Ascent> = {
  name: 'behaviour',
  doing: 'comparing behaviour',
  async climb(ascent, signal) {
    const { subject } = ascent;
    const changed_files = parseDiff(subject.patch)
      .map((file) => file.new_path ?? file.old_path ?? '')
      .filter((path) => SOURCE.test(path) && !DECLARATION.test(path));
    const { base_dir, candidate_dir, seed, unsafe_no_sandbox } = subject;
    const runs = recordedRuns(ascent, signal);
    const changed = changedFunctions(base_dir, candidate_dir, changed_files);
    const captured = await captureCalls({
      dir: base_dir,
      changed,
      runTests: runs.run_tests,
      workloads: runs.workloads,
      ...(runs.rebuild ? { rebuild: runs.rebuild } : {}),
      secret: randomBytes(16).toString('hex'),
      shown: subject.workloads.map((workload) => workload.text),
      budget_ms: CAPTURE_MS,
      seed,
      signal,
    });
    const searched = new Set(captured.sessions.flatMap((session) => session.targets)).size;
    const replay: NonNullable<Ascent['replay']> = { captured, changed, kept_sessions: [] };
    ascent.replay = replay;
    const report = await checkBehaviour({
      base_dir,
      candidate_dir,
      changed_files,
      captured,
      ...runs,
      seed,
      budget_ms: Math.max(subject.search_budget_ms, Math.min(SEARCH_MS, subject.search_budget_ms * searched)),
      replay_ms: REPLAY_MS,
      ...(subject.search_inputs_max === undefined ? {} : { inputs_max: subject.search_inputs_max }),
      strict: subject.strict,
      unsafe_no_sandbox,
      signal,
      progress: ascent.detail,
      on_kept: (sessions) => void (replay.kept_sessions = sessions),
    });
    const spent_ms = { capture: captured.spent_ms, ...report.spent_ms };
    ascent.behaviour = { ...toEvidence(report), spent_ms };
    const result = judge(report);
    return { ...result, detail: `${result.detail}; ${sharesText(spent_ms)}` };
  },
};

/** The ways to make the changed code run on an instrumented copy: the tests, then each workload once. */
function recordedRuns(
  { subject }: Ascent,
  signal: AbortSignal,
): { run_tests: RunCallback; workloads: RunCallback[]; rebuild?: RunCallback } {
  const { toolchain, unsafe_no_sandbox } = subject;
  return {
    run_tests: async (dir, { env, signal: own = signal }) => {
      if (subject.gate.length > 0) await subject.run_tests(dir, { env, signal: own, detail: () => undefined });
    },
    workloads: subject.workloads.map(
      (workload): RunCallback =>
        (dir, { env, signal: own = signal }) =>
          runWorkloadOnce(dir, workload, { package_dir: toolchain.package_dir, env, unsafe_no_sandbox, signal: own }),
    ),
    ...(toolchain.build_script === null ? {} : { rebuild: async (dir) => void (await subject.build(dir, signal)) }),
  };
}

function judge(report: BehaviourReport): Awaited<ReturnType<Rung<Ascent>['climb']>> {
  const { difference } = report;
  if (difference) {
    const reason = `${difference.function} behaves in another way (${difference.treatment}): for ${oneLine(difference.input)} the base ${oneLine(difference.base_outcome)}, the candidate ${oneLine(difference.candidate_outcome)}.`;
    return { outcome: 'failed', detail: reason, fall: { verdict: 'behaviour_differs', reason } };
  }
  if (report.verdict === 'nondeterministic') {
    const reason = 'The base differs from itself under equal conditions, so nothing can be compared; a person has to judge.';
    return { outcome: 'failed', detail: reason, fall: { verdict: 'nondeterministic', reason } };
  }
  const sum = (of: (item: BehaviourReport['functions'][number]) => number): number =>
    report.functions.reduce((all, item) => all + of(item), 0);
  const [kept, replayed] = [sum((item) => item.sessions_kept), sum((item) => item.sessions_replayed)];
  if (replayed === 0) {
    const why = report.uncovered.join('; ') || 'no test or workload runs it';
    const reason =
      kept === 0
        ? `No call of the changed code could be recorded (${why}), so its behaviour is not checked.`
        : `No recorded call of the changed code could be repeated on the base (${why}), so its behaviour is not checked.`;
    return { outcome: 'failed', detail: reason, fall: { verdict: 'not_proven', reason } };
  }
  const { sealed } = report;
  const held = sealed.replayed > 0 ? `, ${sealed.replayed} of them sealed from whoever proposed` : ', none of them sealed';
  const detail = `${replayed} of ${plural(kept, 'recorded session')} of ${plural(report.functions.length, 'function')} replayed${held}, ${plural(report.searched.inputs, 'new input')} tried`;
  // One input may differ under several treatments.
  const gaps = distinct([
    ...report.uncovered.map((item) => `not covered: ${item}`),
    ...report.warnings.map((item) => `${placeOf(item)} ${item.function} differs for ${oneLine(item.input)}`),
  ]);
  const isWeak = report.functions.some((item) => item.sessions_replayed === 0);
  const all = `${isWeak ? 'weakly checked, needs a person: ' : ''}${[detail, ...gaps].join('; ')}`;
  const isNoticed = report.uncovered.length > 0 || report.warnings.some((item) => !item.inside);
  return { outcome: isNoticed || isWeak ? 'warning' : 'passed', detail: all };
}

/** Where the time of the rung went. */
function sharesText(spent_ms: Record<string, number>): string {
  const all = Math.max(
    1,
    Object.values(spent_ms).reduce((sum, ms) => sum + ms, 0),
  );
  const parts = Object.entries(spent_ms).map(([step, ms]) => `${step} ${Math.round((100 * ms) / all)} %`);
  return `${(all / 1000).toFixed(0)} s: ${parts.join(', ')}`;
}

const distinct = (items: readonly string[]): string[] => [...new Set(items)];

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 240);

/** How a session was run, for people. */
const TREATMENTS: Readonly<Record<string, string>> = {
  cold: 'in a fresh process',
  warm: 'after other calls in the same process',
  aliased: 'after its results and arguments had been written to',
  concurrent: 'with other calls in between',
};

const told = (difference: BehaviourDifference) => ({
  ...difference,
  base: difference.base_outcome,
  candidate: difference.candidate_outcome,
  domain: difference.in_domain ? ('in' as const) : ('out' as const),
  found_by: `${difference.origin === 'seen' ? 'a recorded call' : 'an input of the search'}, ${TREATMENTS[difference.treatment] ?? difference.treatment}`,
});

const placeOf = (item: BehaviourReport['warnings'][number]): string =>
  item.inside ? 'inside the package, where callers notice nothing' : 'outside the domain';

function toEvidence(report: BehaviourReport): NonNullable<Ascent['behaviour']> {
  return {
    functions: report.functions.map((item) => ({ ...item, name: item.symbol, sessions: item.sessions_kept })),
    sessions: report.functions.reduce((sum, item) => sum + item.sessions_kept, 0),
    searched: report.searched.inputs,
    search_seconds: report.searched.seconds,
    seed: report.searched.seed,
    sessions_replayed: report.functions.reduce((sum, item) => sum + item.sessions_replayed, 0),
    sealed: report.sealed,
    oracle_strength: null,
    difference: report.difference ? told(report.difference) : null,
    warnings: distinct(
      report.warnings.map(
        (item) =>
          `${item.inside ? `${placeOf(item)}, ` : ''}${item.function}: ${oneLine(item.input)}: ${oneLine(item.base_outcome)} before, ${oneLine(item.candidate_outcome)} now`,
      ),
    ),
    uncovered: report.uncovered,
  };
}
