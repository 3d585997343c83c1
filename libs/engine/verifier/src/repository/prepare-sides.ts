import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CodeOptimaError, plural, type Toolchain } from '@codeoptima/contracts';
import { applyPatch, checkout, checkoutSubmodules, diffCommits, type RepositoryFacts, resolveCommit } from '@codeoptima/scm';
import { baseline, copyTree, detectToolchain, prepareTree } from '@codeoptima/toolchains';
import { type TreePortOptions, treePorts } from '../tree-ports.ts';
import type { RepositoryChange } from './verify-repository.ts';
import { keepingTouched } from './build-output.ts';
import { checkPatch } from './check-patch.ts';
import { changesDependencies, setAside, productPatch } from './product-patch.ts';

/** Both sides as sources: nothing installed, nothing built, nothing of them has run. */
export interface Sources {
  base_dir: string;
  candidate_dir: string;
  /** The diff, as the guards judge it. */
  patch: string;
  toolchain: Toolchain;
  notes: string[];
}

export interface Sides extends Sources {
  gate: string[];
  before: { total: number; passed: number };
  tree: ReturnType<typeof treePorts>;
}

const MS_PER_MINUTE = 60_000;

/**
 * Checks out the base and lays the candidate beside it.
 * Throws CodeOptimaError `bad_input` for a ref that is not there, an empty change, or a patch that does not apply.
 */
export async function layOutSources(facts: RepositoryFacts, change: RepositoryChange): Promise<Sources> {
  const { workdir, signal, config } = change;
  const base_dir = join(workdir, 'base');
  const candidate_dir = join(workdir, 'cand');
  const whole = await patchOf(facts, change);
  change.progress('checking out');
  await layOutBase(facts, change, base_dir);
  const { toolchain, notes } = await detectToolchain(base_dir, { package: config.package, tests: 'optional' });
  const product = productPatch(whole);
  const aside = change.product_only ? setAside(whole) : [];
  if (change.product_only && product === '')
    throw new CodeOptimaError('bad_input', `The change touches nothing but tests, benchmarks and settings: ${shortList(aside)}.`);
  await copyTree(base_dir, candidate_dir, signal);
  if (product !== '') await applyPatch(candidate_dir, product, { any_change: true, signal });
  return {
    base_dir,
    candidate_dir,
    patch: change.product_only ? product : whole,
    toolchain,
    notes: aside.length > 0 ? [...notes, `Put aside, as the base has it: ${shortList(aside)}.`] : notes,
  };
}

async function layOutBase(facts: RepositoryFacts, { under, signal }: RepositoryChange, dir: string): Promise<void> {
  await checkout(facts.root, facts.commit, dir, signal);
  await checkoutSubmodules(facts.root, dir, facts.submodules, signal);
  for (const patch of under ?? []) await applyPatch(dir, patch, { any_change: true, signal });
}

const BUILD_LEFT_OUT =
  'The build rewrites or removes files that the change touches: both sides are judged as they are committed, without a build.';

/** Installs and builds the base, runs its tests, and lays the candidate beside it once more. */
export async function prepareSides(facts: RepositoryFacts, sources: Sources, change: RepositoryChange): Promise<Sides> {
  const { workdir, signal, config, progress } = change;
  const { base_dir, candidate_dir, patch } = sources;
  const prepare = {
    toolchain: sources.toolchain,
    cache_dir: change.cache_dir,
    build_ms: config.limits.build_minutes * MS_PER_MINUTE,
    strict: false,
    // A published package names tools of its tests, which it does not carry; a change can be judged without them.
    development: 'optional' as const,
    unsafe_no_sandbox: config.unsafe_no_sandbox,
    signal,
    progress,
  };
  const notes: string[] = [];
  let build_failed = false;
  const restored = await keepingTouched(base_dir, patch, {
    build: async () => {
      const prepared = await prepareTree({ ...prepare, dir: base_dir });
      notes.push(...prepared.notes);
      build_failed = prepared.build_failed;
    },
    layOut: (scratch) => layOutBase(facts, change, scratch),
  });
  if (restored) notes.push(BUILD_LEFT_OUT);
  // A build that the base fails says nothing about the change.
  const toolchain = restored || build_failed ? { ...sources.toolchain, build_script: null } : sources.toolchain;
  const options: TreePortOptions = {
    toolchain,
    test_minutes: config.limits.test_minutes,
    unsafe_no_sandbox: config.unsafe_no_sandbox,
    workdir,
    signal,
  };
  const tree = treePorts(options);
  const tests = await baselineTests(base_dir, tree, change);
  await rm(candidate_dir, { recursive: true, force: true });
  await copyTree(base_dir, candidate_dir, signal);
  const product = productPatch(patch);
  if (product !== '') await applyPatch(candidate_dir, product, { any_change: true, signal });
  const manifest = (dir: string): Promise<string | null> =>
    readFile(join(dir, toolchain.package_dir, 'package.json'), 'utf8').catch(() => null);
  if (changesDependencies(await manifest(base_dir), await manifest(candidate_dir))) {
    progress('installing the dependencies of the change');
    await prepareTree({ ...prepare, toolchain, dir: candidate_dir });
  }
  return { ...sources, toolchain, ...tests, notes: [...sources.notes, ...notes, ...tests.notes], tree };
}

const NAMED_MAX = 5;

const shortList = (paths: readonly string[]): string =>
  `${paths.slice(0, NAMED_MAX).join(', ')}${paths.length > NAMED_MAX ? ` and ${paths.length - NAMED_MAX} more` : ''}`;

/** The diff that is asked about. Throws `bad_input` when it is empty, is no diff, or reaches out of the repository. */
async function patchOf(facts: RepositoryFacts, { patch, head, signal }: RepositoryChange): Promise<string> {
  if (patch !== null) {
    await checkPatch(facts.root, patch, signal);
    return patch;
  }
  const text = await diffCommits(facts.root, facts.commit, await resolveCommit(facts.root, head), signal);
  if (text.trim() === '')
    throw new CodeOptimaError('bad_input', 'There is no difference between base and head, so there is nothing to judge.');
  return text;
}

async function baselineTests(
  base_dir: string,
  tree: Sides['tree'],
  { config, signal, progress, detail }: RepositoryChange,
): Promise<Pick<Sides, 'gate' | 'before' | 'notes'>> {
  const { tests, failure } = await baseline({
    mode: config.baseline,
    test_minutes: config.limits.test_minutes,
    runOnce: async () =>
      ({ exit_code: 0, ...(await tree.run_tests(await tree.copy(base_dir), { signal, detail })) }) as Awaited<
        ReturnType<Parameters<typeof baseline>[0]['runOnce']>
      >,
    progress: (line) => progress(line),
  });
  const notes = failure === null ? [] : [`${failure} The change is judged by its workloads and by the search alone.`];
  const named = (kind: string, ids: readonly string[]): string[] =>
    ids.length > 0
      ? [`${plural(ids.length, `${kind} test`)} ${ids.length === 1 ? 'was' : 'were'} taken out of the gate: ${ids.slice(0, 5).join('; ')}`]
      : [];
  return {
    gate: tests.gate,
    before: { total: tests.total, passed: tests.gate.length },
    notes: [...notes, ...named('failing', tests.failing), ...named('flaky', tests.flaky)],
  };
}
