import { constants } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { TestOutcome, Toolchain } from '@codeoptima/contracts';
import { type Limits, type Mount, type Outcome, REPO_TARGET, run, type SandboxResult } from '@codeoptima/sandbox';
import type { Framework } from '../detect/framework.ts';
import { commandEnvironment, repositoryMounts, sourceReader } from '../repository-command.ts';
import { invocation, REPORT_TARGET, RUNTIME_TARGET } from './invocation.ts';
import { jestOutcomes, mochaOutcomes } from './json-reports.ts';
import { nodeTestOutcomes } from './node-test.ts';
import { tapeOutcomes, tapOutcomes } from './tap-outcomes.ts';

export interface RunTestsOptions {
  /** Root of a tree that is installed and built. The tests may write into it: hand over a copy. */
  dir: string;
  toolchain: Toolchain;
  limits?: Partial<Limits> | undefined;
  env?: Readonly<Record<string, string>> | undefined;
  extra_mounts?: readonly Mount[] | undefined;
  /** Put into NODE_OPTIONS. */
  node_options?: readonly string[] | undefined;
  cpu_affinity?: number | undefined;
  unsafe_no_sandbox?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** The last line the tests printed, now and then. */
  progress?: ((line: string) => void) | undefined;
}

export interface TestRun {
  /** In the order of the framework. Empty when it told nothing: then `log` says why. */
  outcomes: TestOutcome[];
  /** What the tests printed, both streams. */
  log: string;
  exit_code: number | null;
  outcome: Outcome;
  wall_ms: number;
}

const REPORT_BYTES_MAX = 64 * 1024 * 1024;
const RUNTIME = join(import.meta.dirname, '..', '..', 'runtime');

/** Reads a report that untrusted code wrote: a regular file only, never through a link. */
async function readReport(path: string): Promise<string | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const regular = (await file.stat()).isFile();
    return regular && size <= REPORT_BYTES_MAX ? await file.readFile('utf8') : null;
  } finally {
    await file.close();
  }
}

const READERS: Record<Exclude<Framework, 'command'>, (text: string) => TestOutcome[]> = {
  'node-test': nodeTestOutcomes,
  jest: jestOutcomes,
  vitest: jestOutcomes,
  mocha: mochaOutcomes,
  ava: tapOutcomes,
  tap: tapOutcomes,
  tape: tapeOutcomes,
};

function readOutcomes(framework: Exclude<Framework, 'command'>, text: string): TestOutcome[] {
  try {
    return READERS[framework](text);
  } catch {
    // A report that was cut or forged tells nothing.
    return [];
  }
}

/** Ids relative to the repository, and unique: a second test of the same name gets a number. */
function settle(outcomes: readonly TestOutcome[], dir: string): TestOutcome[] {
  const counts = new Map<string, number>();
  return outcomes.map((outcome) => {
    const plain = outcome.id.replaceAll('file://', '').replaceAll(`${REPO_TARGET}/`, '').replaceAll(`${dir}/`, '');
    const count = (counts.get(plain) ?? 0) + 1;
    counts.set(plain, count);
    return { ...outcome, id: count === 1 ? plain : `${plain} (${count})` };
  });
}

/** The command as one test: all that is known is how it ended. */
function wholeCommand(toolchain: Toolchain, result: SandboxResult): TestOutcome[] {
  const passed = result.outcome === 'exited' && result.exit_code === 0;
  const message = passed
    ? null
    : `${result.outcome}, exit code ${result.exit_code ?? 'none'}: ${result.stderr.slice(-1000) || result.stdout.slice(-1000)}`;
  return [{ id: `command > ${toolchain.test_command}`, status: passed ? 'passed' : 'failed', duration_ms: result.wall_ms, message }];
}

/** The repository's text goes to a person's terminal: nothing in it may steer that. */
function lastLine(chunk: Uint8Array): string {
  const plain = stripVTControlCharacters(Buffer.from(chunk).toString('utf8')).replaceAll(/[^\P{C}\n]/gu, '');
  return plain.trimEnd().split('\n').at(-1)?.trim().slice(0, 160) ?? '';
}

/**
 * Runs the repository's tests in the sandbox, without a network, and tells the outcome of each. Failing tests are a result, not an error.
 * @throws CodeOptimaError `sandbox_missing`
 */
export async function runTests(options: RunTestsOptions): Promise<TestRun> {
  const { dir, toolchain } = options;
  const folder = join(dir, toolchain.package_dir);
  const { script, reports } = invocation(toolchain.test_command, toolchain.framework, sourceReader(folder));
  const report = await mkdtemp(join(tmpdir(), 'codeoptima-report-'));
  const log: string[] = [];
  try {
    const result = await run({
      argv: ['sh', '-c', script],
      cwd: posix.join(REPO_TARGET, toolchain.package_dir),
      mounts: [
        ...repositoryMounts(dir),
        { source: RUNTIME, target: RUNTIME_TARGET, mode: 'ro' },
        { source: report, target: REPORT_TARGET, mode: 'rw' },
        ...(options.extra_mounts ?? []),
      ],
      env: { ...commandEnvironment(toolchain, 'test'), ...nodeOptions(options.node_options), ...options.env },
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.cpu_affinity === undefined ? {} : { cpu_affinity: options.cpu_affinity }),
      unsafe_no_sandbox: options.unsafe_no_sandbox ?? false,
      onOutput(chunk) {
        log.push(Buffer.from(chunk).toString('utf8'));
        const line = lastLine(chunk);
        if (/[\p{L}\p{N}]/u.test(line)) options.progress?.(line);
      },
    });
    const texts = reports.length > 0 ? await Promise.all(reports.map((name) => readReport(join(report, name)))) : [result.stdout];
    const { framework } = toolchain;
    const found =
      framework === 'command'
        ? wholeCommand(toolchain, result)
        : texts.flatMap((text) => (text === null ? [] : readOutcomes(framework, text)));
    return {
      outcomes: settle(found, dir),
      log: log.join(''),
      exit_code: result.exit_code,
      outcome: result.outcome,
      wall_ms: result.wall_ms,
    };
  } finally {
    await rm(report, { recursive: true, force: true });
  }
}

function nodeOptions(flags: readonly string[] | undefined): Record<string, string> {
  return flags === undefined || flags.length === 0 ? {} : { NODE_OPTIONS: flags.join(' ') };
}
