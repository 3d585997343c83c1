import { type Framework, findRunner, isChecker, type ReadSource } from './framework.ts';
import { preloadSteps } from './preloads.ts';
import { quote, type Step, shellSteps } from './shell-words.ts';

export interface TestCommand {
  framework: Framework;
  command: string;
  notes: string[];
}

const DEPTH_MAX = 6;

const COVERAGE = new Set(['nyc', 'c8']);
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/** What a step runs inside a coverage tool or with variables set: `nyc yarn unit`, `cross-env CI=1 npm run unit`. */
function unwrapped(step: Step): { words: string[]; assignments: string[] } {
  let words = step.words.map((word) => word.text);
  const assignments: string[] = [];
  for (;;) {
    const [first = '', ...rest] = words;
    if (COVERAGE.has(first)) words = rest.slice(rest.findIndex((word) => !word.startsWith('-')));
    else if (first === 'cross-env') words = rest;
    else if (ASSIGNMENT.test(first)) {
      assignments.push(first);
      words = rest;
    } else return { words, assignments };
  }
}

/** Sets the variables for each step that a wrapped script consists of. */
const withAssignments = (steps: Step[], assignments: readonly string[]): Step[] =>
  assignments.length === 0
    ? steps
    : steps.map((step) => (step.opaque ? step : (shellSteps(`${assignments.map(assign).join(' ')} ${step.source}`)[0] ?? step)));

const assign = (assignment: string): string => {
  const at = assignment.indexOf('=');
  return `${assignment.slice(0, at)}=${quote(assignment.slice(at + 1))}`;
};

/** The script that a step delegates to, with further arguments: `npm run unit -- --bail`, `yarn unit`, `pnpm -s test:node`. */
function delegated(step: Step, scripts: Readonly<Record<string, string>>): { name: string; args: string[] }[] | null {
  const { words } = unwrapped(step);
  const [program = ''] = words;
  if (step.opaque) return null;
  if (program === 'run-s' || program === 'npm-run-all' || program === 'run-p') {
    const names = words.slice(1).filter((word) => !word.startsWith('-'));
    return names.every((name) => name in scripts) ? names.map((name) => ({ name, args: [] })) : null;
  }
  if (!['npm', 'pnpm', 'yarn'].includes(program)) return null;
  const rest = words.slice(1).filter((word, index, all) => !(word.startsWith('-') && word !== '--' && !all.slice(0, index).includes('--')));
  if (rest[0] === 'run' || rest[0] === 'run-script') rest.shift();
  else if (rest[0] === 't' || rest[0] === 'tst') rest[0] = 'test';
  const name = rest.shift();
  if (name === undefined || !(name in scripts)) return null;
  if (rest[0] === '--') rest.shift();
  return [{ name, args: rest }];
}

/** Replaces calls of other scripts by what they run, hooks before and after them included; `seen` gets every step as it is written. */
function expand(name: string, args: readonly string[], scripts: Readonly<Record<string, string>>, depth: number, seen: Step[]): Step[] {
  const source = [scripts[name] ?? '', ...args.map(quote)].join(' ');
  const inner = (each: string): Step[] => (each in scripts && depth < DEPTH_MAX ? expand(each, [], scripts, depth + 1, seen) : []);
  const own = shellSteps(source).flatMap((step) => {
    seen.push(step);
    const calls = depth < DEPTH_MAX ? delegated(step, scripts) : null;
    return calls === null
      ? [step]
      : withAssignments(
          calls.flatMap((call) => expand(call.name, call.args, scripts, depth + 1, seen)),
          unwrapped(step).assignments,
        );
  });
  return [...inner(`pre${name}`), ...own, ...inner(`post${name}`)];
}

const FORMATTERS = /\|\s*(npx\s+)?(tap-[\w-]+|faucet|colortape|tap-spec|tap-min|pino-pretty|coveralls)\b.*$/;

/** A pipe into a formatter only prints nicely; without it the step is plain again. */
function withoutFormatter(step: Step): Step {
  const source = step.source.replace(FORMATTERS, '').trim();
  return source === step.source ? step : (shellSteps(source)[0] ?? step);
}

/**
 * Finds how the repository's `test` script runs its tests. Linting and type checking are dropped from the gate, and so is what follows
 * the tests; what builds before them stays. A script that cannot be understood is one test as a whole.
 */
export function testCommand(scripts: Readonly<Record<string, string>>, read: ReadSource): TestCommand {
  const seen: Step[] = [];
  const steps = expand('test', [], scripts, 0, seen).map(withoutFormatter);
  const preloads = preloadSteps(seen, read);
  const runners = steps.map((step) => (step.opaque ? null : findRunner(step, read)));
  const framework = runners.find((runner) => runner !== null)?.framework;
  const notes: string[] = [];
  const whole = (why: string): TestCommand => {
    const kept = steps.filter((step) => !isChecker(step));
    const used = kept.length === 0 ? steps : kept;
    notes.push(`${why}, so its test command counts as one test.`);
    return { framework: 'command', command: [...preloads, ...used.map((step) => step.source)].join(' && '), notes };
  };
  if (framework === undefined) return whole('The test framework is not one of those read test by test');
  if (steps.some((step) => step.opaque && findRunner(step, read) !== null))
    return whole('The test script uses the shell in a way that cannot be taken apart');
  const last = runners.findLastIndex((runner) => runner?.framework === framework);
  const kept = steps.filter((step, index) => {
    const runner = runners[index];
    const keep = runner ? runner.framework === framework : index < last && !isChecker(step);
    if (!keep) notes.push(`'${step.source}' of the test script is not part of the gate.`);
    return keep;
  });
  const first = kept.findIndex((step) => runners[steps.indexOf(step)] !== null);
  const sources = kept.map((step) => step.source);
  return { framework, command: [...sources.slice(0, first), ...preloads, ...sources.slice(first)].join(' && '), notes };
}
