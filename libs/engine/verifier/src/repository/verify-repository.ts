import type { Candidate } from '@codeoptima/contracts';
import { isIgnored, type RunConfig } from '@codeoptima/config';
import type { MeasuredWorkload } from '@codeoptima/measurement';
import { inspectRepository } from '@codeoptima/scm';
import { parseDiff } from '../guards/index.ts';
import { changedLines } from '../guards/diff.ts';
import { isJudge } from '../guards/paths.ts';
import type { Subject } from '../subject.ts';
import { treePorts } from '../tree-ports.ts';
import { type ChangeVerdict, TEXT_RUNGS, verifyChange } from '../verify-change.ts';
import { findWorkloads } from './find-workloads.ts';
import { layOutSources, prepareSides, type Sides } from './prepare-sides.ts';

/** A change of a repository that somebody wants judged, whoever wrote it. */
export interface RepositoryChange {
  repository: string;
  /** Commit, branch or tag the change stands on. */
  base: string;
  /** Commit, branch or tag with the change; unused when `patch` is given. */
  head: string;
  /** Unified diff in place of `head`; null: compare with `head`. */
  patch: string | null;
  /** Diffs of accepted changes that lie under this one, in order. */
  under?: readonly string[];
  /** Measured in place of what the repository offers. */
  workloads?: readonly MeasuredWorkload[];
  /** Tests, benchmarks and settings that the change touches are put aside, in place of refusing it for them. */
  product_only?: boolean;
  config: RunConfig;
  changed_lines_max: number;
  allow_surface: boolean;
  strict: boolean;
  search_budget_ms: number;
  seed: number;
  flags: readonly string[];
  /** Empty folder for the trees; the caller removes it. */
  workdir: string;
  /** Downloads, shared by all runs. */
  cache_dir: string;
  reproduce: string | null;
  signal: AbortSignal;
  /** Monotonic milliseconds. */
  now: () => number;
  /** A step begins; said once. */
  progress: (line: string) => void;
  /** What runs right now; many lines a second, each replaces the last. */
  detail: (line: string) => void;
}

export interface RepositoryVerdict extends ChangeVerdict {
  base_commit: string;
  base_branch: string | null;
  notes: string[];
  sides: Pick<Sides, 'toolchain' | 'gate' | 'before'>;
  workloads: MeasuredWorkload[];
}

/**
 * Judges a change with the same ladder that the pipeline uses. Needs no fleet.
 * Throws CodeOptimaError `bad_input` for a repository, ref, patch or workload that cannot be used, `install_failed`, `build_failed`, `sandbox_missing`.
 */
export async function verifyRepository(change: RepositoryChange): Promise<RepositoryVerdict> {
  const facts = await inspectRepository(change.repository, change.base);
  const sources = await layOutSources(facts, change);
  const { signal, now, progress, detail } = change;
  const options = { signal, now, progress: (line: string) => progress(line), detail: (line: string) => detail(line) };
  // What the text alone refuses needs no installation, which can take minutes and runs foreign code.
  const tree = treePorts({
    ...change.config.limits,
    ...sources,
    unsafe_no_sandbox: change.config.unsafe_no_sandbox,
    workdir: change.workdir,
    signal: change.signal,
  });
  const unprepared = { ...sources, gate: [], before: { total: 0, passed: 0 }, tree };
  const text = await verifyChange(subjectOf(change, unprepared, change.workloads ?? []), { ...options, rungs: TEXT_RUNGS });
  const about = { base_commit: facts.commit, base_branch: facts.branch };
  if (text.verdict === 'refused') {
    const { toolchain, gate, before } = unprepared;
    return { ...text, ...about, notes: sources.notes, sides: { toolchain, gate, before }, workloads: [...(change.workloads ?? [])] };
  }
  const sides = await prepareSides(facts, sources, change);
  const { workloads, notes } = change.workloads
    ? { workloads: [...change.workloads], notes: [] }
    : await findWorkloads(sides.base_dir, sides, change);
  const verdict = await verifyChange(subjectOf(change, sides, workloads), options);
  const { toolchain, gate, before } = sides;
  return { ...verdict, ...about, notes: [...sides.notes, ...notes], sides: { toolchain, gate, before }, workloads };
}

function subjectOf(change: RepositoryChange, sides: Sides, workloads: readonly MeasuredWorkload[]): Subject {
  const { tree, notes: _told_apart, ...laid_out } = sides;
  const { config } = change;
  return {
    ...laid_out,
    ...tree,
    candidate: candidateOf(sides.patch),
    origin: 'any_change',
    workloads,
    hottest_workload_id: null,
    other_workloads_max: workloads.length,
    target_pct: config.target_pct,
    changed_lines_max: change.changed_lines_max,
    ignored: (path) => isIgnored(path, config.ignore),
    allow_surface: change.allow_surface,
    strict: change.strict,
    search_budget_ms: change.search_budget_ms,
    seed: change.seed,
    flags: change.flags,
    unsafe_no_sandbox: config.unsafe_no_sandbox,
    reproduce: change.reproduce,
  };
}

const NO_ARTIFACT = `sha256:${'0'.repeat(64)}` as const;
const CHANGED_LINES_OF_A_CANDIDATE = 60;

/** A person's change in the words of a candidate, for the evidence. */
function candidateOf(patch: string): Candidate {
  const files = parseDiff(patch);
  const paths = files.map(({ new_path, old_path }) => new_path ?? old_path ?? '');
  const file = paths.find((path) => /\.[cm]?[jt]sx?$/.test(path) && !isJudge(path)) ?? paths[0] ?? '';
  return {
    id: 'change',
    source: 'person',
    rule: null,
    file,
    symbol: files.length > 1 ? `${files.length} files` : file,
    hotspot_id: null,
    patch: NO_ARTIFACT,
    changed_lines: Math.min(CHANGED_LINES_OF_A_CANDIDATE, changedLines(files)),
    title: `change of ${file}`,
    explanation: 'Given for judgement.',
    risk: 'Unknown: read the diff.',
    safety: 'assumes',
  };
}
