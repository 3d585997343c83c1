import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BaselineResult, CodeOptimaError, type Toolchain, plural } from '@codeoptima/contracts';
import { type BaselineRuns, packTree } from '@codeoptima/toolchains';
import type { TaskHandler } from '@codeoptima/worker';
import { fetchTree, findSource, type Source } from './adapters/source.ts';
import { median, repositoryNotes, testNotes } from './domain/notes.ts';
import { type Context, FRACTION, type Known, prepare, testTree } from './stages.ts';

/** Ends that belong to the repository: the baseline fails with the sentence. Anything else is an error of the attempt. */
const REPOSITORY_CODES = new Set(['bad_input', 'install_failed', 'build_failed', 'baseline_failed']);

async function storeTests(context: Context, { runs, tests }: BaselineRuns): Promise<NonNullable<BaselineResult['tests']>> {
  return {
    total: tests.total,
    passed: tests.gate.length,
    failing: tests.failing,
    flaky: tests.flaky,
    gate: await context.artifacts.put(JSON.stringify(tests.gate)),
    outcomes: await context.artifacts.put(JSON.stringify(runs.map(({ outcomes }) => outcomes))),
    runs: runs.length,
    duration_ms: median(runs.map(({ wall_ms }) => wall_ms)),
  };
}

async function storeTree(context: Context, tree: string): Promise<string> {
  context.progress('keeping the prepared tree', FRACTION.pack);
  const file = join(context.workdir, 'prepared.tar.zst');
  await packTree(tree, file, context.signal);
  await rm(tree, { recursive: true, force: true, maxRetries: 3 });
  return await context.artifacts.put({ file });
}

type Found = Pick<BaselineResult, 'outcome' | 'reason' | 'prepared' | 'tests'>;

async function examine(context: Context, source: Source, data_dir: string, known: Known): Promise<Found> {
  const tree = join(context.workdir, 'tree');
  const missing = await fetchTree(source, tree, context.signal);
  known.notes.push(...repositoryNotes(source.facts, missing));
  const toolchain = await prepare(context, tree, data_dir, known);
  const tested = await testTree(context, tree, toolchain);
  known.notes.push(...testNotes(tested.tests));
  for (const [index, run] of tested.runs.entries()) known.log.push(`# tests, run ${index + 1} (${run.outcome})\n${run.log}`);
  if (context.signal.aborted) throw new CodeOptimaError('cancelled', 'The baseline was cancelled.');
  const tests = await storeTests(context, tested);
  if (tested.failure !== null) return { outcome: 'failed', reason: tested.failure, prepared: null, tests };
  const reason = `${tests.passed} of ${plural(tests.total, 'test')} ${tests.passed === 1 ? 'passes' : 'pass'} in each of ${plural(tests.runs, 'run')} and ${tests.passed === 1 ? 'judges' : 'judge'} every change.`;
  return { outcome: 'ready', reason, prepared: await storeTree(context, tree), tests };
}

/** The sentence of a failure that belongs to the repository; every other error goes on. */
function ofRepository(error: unknown, toolchain: Toolchain | null, known: Known): Found {
  const own = CodeOptimaError.from(error);
  if (!REPOSITORY_CODES.has(own.code)) throw error;
  if (typeof own.cause === 'string') known.log.push(own.cause);
  if (toolchain === null) known.log.push(own.message);
  return { outcome: 'failed', reason: own.message, prepared: null, tests: null };
}

/** A full disk is told as such wherever it struck. */
function diskFull(error: unknown, data_dir: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new CodeOptimaError('disk_full', `The disk of ${data_dir} is full; free some space and start the run again.`, { cause: error });
}

/**
 * Task `baseline`: checks the repository out, installs, builds and tests it in the sandbox, and keeps the prepared tree. The repository
 * itself is only read.
 */
export function baseline({ data_dir }: { data_dir: string }): TaskHandler<'baseline'> {
  return async (context) => {
    const known: Known = { toolchain: null, notes: [], log: [] };
    try {
      context.progress('cloning', FRACTION.clone);
      const source = await findSource(context.payload.request, data_dir, context.signal);
      const found = await examine(context, source, data_dir, known).catch((error: unknown) => ofRepository(error, known.toolchain, known));
      const log = known.log.filter((text) => text !== '').join('\n');
      return {
        ...found,
        base_commit: source.facts.commit,
        base_branch: source.base_branch,
        notes: known.notes,
        toolchain: known.toolchain,
        log: log === '' ? null : await context.artifacts.put(log),
      };
    } catch (error) {
      throw diskFull(error, data_dir);
    }
  };
}
