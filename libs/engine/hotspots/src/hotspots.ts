import { normalize } from 'node:path';
import { CodeOptimaError, type HotspotsPayload, type HotspotsResult, plural } from '@codeoptima/contracts';
import type { ReachedFunctions, WorkloadProfile } from '@codeoptima/measurement';
import { benchmarkWorkloads } from './benchmark-workloads.ts';
import { type BuildTree, capturedWorkloads } from './captured-workloads.ts';
import { profileOfTests, reachedByTests, type RunTests } from './test-evidence.ts';
import { type Ground, profileOn, repeats, tryOut } from './try-out.ts';
import { userWorkloads } from './user-workloads.ts';
import { type Draft, WORKLOADS_MAX } from './draft.ts';
import { isProduct, type ProfiledWorkload, rankHotspots } from './rank.ts';
import { asWorkloadProfile } from './test-shares.ts';
import { TimeBudget } from './time-budget.ts';

export interface HotspotsInput {
  payload: HotspotsPayload;
  /** The prepared tree; only read. */
  dir: string;
  workdir: string;
  run_tests: RunTests;
  /** The repository's build; null when it has none. */
  build: BuildTree | null;
  /** Stores a text and gives its reference. */
  put: (text: string) => Promise<string>;
  progress: (detail: string, fraction?: number) => void;
  now_ms: () => number;
  cpu: number | null;
  signal: AbortSignal;
}

/** Own code below this share of a benchmark means that it measures something else. */
const OWN_SHARE_MIN = 0.05;
/** Shares of the limit at which each step must be over. */
const UNTIL = { benchmarks: 0.4, captured: 0.6, profiles: 0.85, coverage: 0.97 };
const PROFILE_MS = { short: 400, long: 1500 };
/** Two more workloads of any kind let a gain on one be held against the others. */
const ENOUGH_WORKLOADS = 2;

interface State {
  input: HotspotsInput;
  ground: Ground;
  budget: TimeBudget;
  notes: string[];
}

/** The task `hotspots`: workloads in the order user, repository, captured; profiles over them; functions ranked by what they could give. */
export async function findHotspots(input: HotspotsInput): Promise<HotspotsResult> {
  const { config, baseline } = input.payload;
  const toolchain = baseline.toolchain;
  if (toolchain === null) throw new CodeOptimaError('bad_input', 'The baseline has no toolchain, so there is nothing to profile.');
  const state: State = {
    input,
    ground: {
      dir: input.dir,
      package_dir: toolchain.package_dir,
      cpu: input.cpu,
      unsafe_no_sandbox: config.unsafe_no_sandbox,
      signal: input.signal,
    },
    budget: new TimeBudget(config.limits.hotspots_minutes * 60_000, input.now_ms),
    notes: [],
  };
  const profiled = await collectWorkloads(state);
  const workloads = profiled.length > 0 ? profiled.map((p) => p.ranked) : await fallback(state);
  const reached = await coverage(state);
  const hotspots = rankHotspots({
    workloads,
    target_pct: config.target_pct,
    ignore: config.ignore,
    reached: reached === null ? null : (f) => reached.calls(f.file, f.start_line, f.symbol),
  });
  if (hotspots.length === 0)
    state.notes.push(`No function of the repository takes ${(0.6 * config.target_pct).toFixed(1)} % of the time or more.`);
  input.progress(`${plural(hotspots.length, 'hot function')} in ${plural(workloads.length, 'workload')}`, 1);
  return {
    workloads: await Promise.all(profiled.map(async (p) => stored(p.draft, input.put))),
    hotspots,
    profile: await input.put(JSON.stringify(workloads)),
    notes: state.notes,
  };
}

async function stored({ workload, weight }: Draft, put: HotspotsInput['put']): Promise<HotspotsResult['workloads'][number]> {
  const { id, name, source, entry, path, command } = workload;
  const stored = { id, name, source, module: await put(workload.text), entry, path, weight };
  return command === undefined ? stored : { ...stored, command };
}

interface Profiled {
  draft: Draft;
  ranked: ProfiledWorkload;
  own_share: number;
}

async function collectWorkloads(state: State): Promise<Profiled[]> {
  const { input, ground, budget } = state;
  const chosen: Profiled[] = [];
  for (const draft of await userWorkloads(ground.dir, input.payload.config)) {
    const tried = await tryOut(ground, draft.workload, 60_000);
    if (!tried.ok) {
      throw new CodeOptimaError('bad_input', `The workload ${draft.workload.name} does not run: ${tried.message}.`, {
        ids: { workload: draft.workload.id },
      });
    }
    if (!(await repeats(ground, draft.workload, tried.sample))) {
      state.notes.push(`The check value of ${draft.workload.name} differs from run to run, so nothing can be certified on it.`);
    }
    chosen.push(...(await profiles(state, [draft], PROFILE_MS.long)));
  }
  if (chosen.length < ENOUGH_WORKLOADS) {
    input.progress('looking for benchmarks', 0.2);
    const taken = new Set(input.payload.config.workload.map((w) => normalize(w.file)));
    const { drafts, notes } = await benchmarkWorkloads(ground, taken, budget, UNTIL.benchmarks);
    state.notes.push(...notes);
    const useful = (await profiles(state, drafts, PROFILE_MS.short)).filter((p) => p.own_share >= OWN_SHARE_MIN);
    chosen.push(...useful.toSorted((a, b) => b.own_share - a.own_share).slice(0, WORKLOADS_MAX - chosen.length));
  }
  if (chosen.length < ENOUGH_WORKLOADS && budget.allows(5000, UNTIL.captured)) {
    input.progress('capturing calls while the tests run', 0.5);
    const ports = { ground, run_tests: input.run_tests, build: input.build, ignore: input.payload.config.ignore };
    const { drafts, notes } = await capturedWorkloads(ports, budget.left_ms(UNTIL.captured));
    state.notes.push(...notes);
    const useful = (await profiles(state, drafts, PROFILE_MS.short)).filter((p) => p.own_share > 0);
    // Beside a workload that somebody wrote, one of captured calls is enough to hold a gain against.
    chosen.push(...useful.slice(0, chosen.length > 0 ? 1 : WORKLOADS_MAX));
  }
  return chosen;
}

const ownShare = (profile: WorkloadProfile, ignore: readonly string[]): number =>
  Math.max(0, ...profile.functions.filter((f) => isProduct(f.file, ignore)).map((f) => f.inclusive_share));

/** Shorter samples when time runs out; a workload that cannot be profiled is left out and noted. */
async function profiles(state: State, drafts: readonly Draft[], wanted_ms: number): Promise<Profiled[]> {
  const { input, ground, budget } = state;
  const result: Profiled[] = [];
  for (const [index, draft] of drafts.entries()) {
    const { workload, weight } = draft;
    const left_ms = budget.left_ms(UNTIL.profiles) / (drafts.length - index);
    const duration_ms = Math.max(200, Math.min(wanted_ms, left_ms / 3));
    input.progress(`profiling ${workload.name}`);
    const outcome = await profileOn(ground, workload, duration_ms);
    if (!outcome.ok) {
      state.notes.push(`The workload ${workload.name} could not be profiled: ${outcome.message}.`);
      continue;
    }
    const { profile } = outcome;
    const larger = budget.allows(4 * duration_ms, UNTIL.profiles) ? await atTwiceTheSize(ground, draft, profile, duration_ms) : null;
    const ranked = { id: workload.id, name: workload.name, weight, profile, larger };
    result.push({ draft, ranked, own_share: ownShare(profile, input.payload.config.ignore) });
  }
  return result;
}

async function atTwiceTheSize(
  ground: Ground,
  { workload }: Draft,
  profile: WorkloadProfile,
  duration_ms: number,
): Promise<WorkloadProfile | null> {
  const size = profile.sizes?.toSorted((a, b) => a - b).at((profile.sizes.length - 1) >> 1);
  if (size === undefined) return null;
  const [one, two] = [await profileOn(ground, workload, duration_ms, size), await profileOn(ground, workload, duration_ms, 2 * size)];
  if (!one.ok || !two.ok) return null;
  // Ranking compares with the profile at the workload's own size; scale so that the ratio is that of size to twice the size.
  const scale = profile.operation_ns / one.profile.operation_ns;
  return { ...two.profile, functions: two.profile.functions.map((f) => ({ ...f, inclusive_ns_per_op: f.inclusive_ns_per_op * scale })) };
}

async function coverage(state: State): Promise<ReachedFunctions | null> {
  const { input, budget } = state;
  const usual_ms = input.payload.baseline.tests?.duration_ms ?? 0;
  // Counting calls slows tests down by half again, and the copy takes its time.
  if (!budget.allows(2 * usual_ms + 2000, UNTIL.coverage)) {
    state.notes.push('No time was left to see which functions the tests reach.');
    return null;
  }
  input.progress('seeing what the tests reach', 0.8);
  const limit = AbortSignal.timeout(Math.max(1, Math.round(budget.left_ms(UNTIL.coverage))));
  const ground = { ...testGround(input), signal: AbortSignal.any([input.signal, limit]) };
  try {
    return await reachedByTests(ground);
  } catch (error) {
    input.signal.throwIfAborted();
    state.notes.push(
      `Which functions the tests reach is unknown: ${limit.aborted ? 'the tests took too long' : CodeOptimaError.from(error).message}.`,
    );
    return null;
  }
}

const testGround = (input: HotspotsInput) => ({
  dir: input.dir,
  workdir: input.workdir,
  unsafe_no_sandbox: input.payload.config.unsafe_no_sandbox,
  run_tests: input.run_tests,
  signal: input.signal,
});

/** Without any workload the tests themselves are profiled; the ranking then has hot functions, but nothing can be certified on them. */
async function fallback(state: State): Promise<ProfiledWorkload[]> {
  const { input, budget } = state;
  state.notes.push(
    'There is no workload: no [[workload]] in the configuration, no benchmark that could be used, no call that could be captured. The tests were profiled instead.',
  );
  if (!budget.allows(3000, UNTIL.profiles)) return [];
  input.progress('profiling the tests', 0.9);
  const limit = AbortSignal.timeout(Math.max(1, Math.round(budget.left_ms(UNTIL.profiles))));
  try {
    const shares = await profileOfTests({ ...testGround(input), signal: AbortSignal.any([input.signal, limit]) });
    return shares === null ? [] : [{ id: 'tests', name: 'the tests', weight: 1, profile: asWorkloadProfile(shares), larger: null }];
  } catch (error) {
    input.signal.throwIfAborted();
    state.notes.push(`The tests could not be profiled: ${limit.aborted ? 'they took too long' : CodeOptimaError.from(error).message}.`);
    return [];
  }
}
