import { findRunner, type Framework } from '../detect/framework.ts';
import { quote, type Step, shellSteps } from '../detect/shell-words.ts';

/** Where our own files and the folder for reports are mounted. */
export const RUNTIME_TARGET = '/opt/codeoptima/toolchains';
export const REPORT_TARGET = '/opt/codeoptima/report';

export interface Invocation {
  /** Script for `sh -c`. */
  script: string;
  /** Names of the report files in the order of the steps; empty when the outcomes come from standard output. */
  reports: string[];
}

interface Style {
  /** Put right after the framework's program. */
  insert: (report: string) => string[];
  /** Arguments of the repository that would fight ours; `true` takes the next word too when the value stands apart. */
  remove: Record<string, boolean>;
  report: boolean;
  /** Variable that tells our reporter where the report goes, where no argument can. */
  told_by?: string;
}

const WATCH = { '--watch': false, '--watchAll': false, '-w': false };
const STYLES: Record<Exclude<Framework, 'command'>, Style> = {
  'node-test': {
    insert: (report) => [`--test-reporter=${RUNTIME_TARGET}/node-test-reporter.mjs`, `--test-reporter-destination=${report}`],
    remove: { '--test-reporter': true, '--test-reporter-destination': true, '--watch': false, '--experimental-test-coverage': false },
    report: true,
  },
  vitest: {
    insert: (report) => ['run', '--reporter=json', `--outputFile=${report}`],
    remove: { ...WATCH, '--reporter': true, '--outputFile': true, '--coverage': false, '--ui': false },
    report: true,
  },
  jest: {
    insert: (report) => ['--json', `--outputFile=${report}`, '--ci', '--coverage=false'],
    remove: { ...WATCH, '--coverage': false, '--outputFile': true, '--json': false, '--ci': false },
    report: true,
  },
  mocha: {
    insert: () => ['--reporter', `${RUNTIME_TARGET}/mocha-reporter.cjs`],
    told_by: 'CODEOPTIMA_MOCHA_REPORT',
    remove: { ...WATCH, '--reporter': true, '-R': true, '--reporter-option': true, '--reporter-options': true, '-O': true },
    report: true,
  },
  ava: { insert: () => ['--tap'], remove: { ...WATCH, '--tap': false, '-t': false, '--verbose': false, '-v': false }, report: false },
  // By itself tap ends a file after 30 s, which a busy machine makes of ten; the limit of the whole run ends what hangs.
  tap: {
    insert: () => ['--reporter=tap', '--timeout=600'],
    remove: { ...WATCH, '--reporter': true, '-R': true, '--coverage': false, '--timeout': true },
    report: false,
  },
  tape: { insert: () => [], remove: {}, report: false },
};
/** Programs that only measure coverage around the framework. */
const COVERAGE = /(^|\/)(c8|nyc|istanbul|_istanbul)$/;
const VITEST_COMMANDS = new Set(['run', 'watch', 'dev']);

/** Where the framework's own words begin: `istanbul cover _mocha --report lcov -- -R dot` has those of istanbul before the dashes. */
function afterCoverage(step: Step, coverage: number, index: number): number {
  const isIstanbul = /(^|\/)_?istanbul$/.test(step.words[coverage]?.text ?? '');
  const dashes = step.words.findIndex((word, at) => at > index && word.text === '--');
  return isIstanbul && dashes > 0 ? dashes + 1 : index + 1;
}

/** The step with our reporter in and what fights it out; every other word stands exactly as the repository wrote it. */
function instrument(step: Step, index: number, style: Style, framework: Framework, report: string): string {
  const removed = new Set<number>();
  const coverage = step.words.findIndex((word, at) => at < index && COVERAGE.test(word.text));
  if (coverage >= 0) for (let at = coverage; at < index; at += 1) removed.add(at);
  const first = coverage >= 0 ? afterCoverage(step, coverage, index) : index + 1;
  for (let at = index + 1; at < first; at += 1) removed.add(at);
  for (let at = first; at < step.words.length; at += 1) {
    const text = step.words[at]?.text ?? '';
    if (text === '--') break;
    const name = text.split('=')[0] ?? '';
    const takesValue = style.remove[name];
    if (
      takesValue === undefined &&
      !(framework === 'vitest' && (text.startsWith('--coverage') || (at === index + 1 && VITEST_COMMANDS.has(text))))
    )
      continue;
    removed.add(at);
    if (takesValue === true && !text.includes('=')) removed.add(at + 1);
  }
  return step.words
    .flatMap((word, at) => {
      const source = removed.has(at) ? [] : [step.source.slice(word.start, word.end)];
      return at === index ? [...source, ...style.insert(report).map(quote)] : source;
    })
    .join(' ');
}

/**
 * The command of the repository's tests so that it tells test by test. What stands before the tests must succeed; each run of the
 * framework is made, whatever the one before ended with.
 */
export function invocation(command: string, framework: Framework, read: (path: string) => string | null): Invocation {
  if (framework === 'command') return { script: command, reports: [] };
  const style = STYLES[framework];
  const reports: string[] = [];
  const lines = ['status=0'];
  let before: string[] = [];
  for (const step of shellSteps(command)) {
    const runner = step.opaque ? null : findRunner(step, read);
    if (runner?.framework !== framework) {
      before.push(step.source);
      continue;
    }
    if (before.length > 0) lines.push(`{ ${before.join(' && ')}; } || exit 97`);
    before = [];
    const name = `report-${reports.length}`;
    reports.push(name);
    const path = `${REPORT_TARGET}/${name}`;
    const told = style.told_by === undefined ? '' : `${style.told_by}=${path} `;
    lines.push(`${told}${instrument(step, runner.index, style, framework, path)} || status=$?`);
  }
  lines.push('exit $status');
  return { script: lines.join('\n'), reports: style.report ? reports : [] };
}
