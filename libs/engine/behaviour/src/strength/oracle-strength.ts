import { MagicString } from 'magic-string';
import type { Captured } from '../capture/capture-calls.ts';
import type { ChangedFunction } from '../instrument/changed-functions.ts';
import { functionsOf } from '../instrument/functions.ts';
import { readOwn } from '../instrument/own-files.ts';
import { parseModule } from '../instrument/syntax.ts';
import { exposeFunctions } from '../instrument/replay-overlay.ts';
import { type ReplayContext, resultKey, runSide, type SideJob } from '../replay/run-side.ts';
import { overlayTargets, prepareSide, type Side, writeOverlay } from '../replay/side.ts';
import { planOf } from '../replay/treatments.ts';
import type { Session } from '../runtime/graph.ts';
import type { Treatment } from '../runtime/replay-main.ts';
import { sizeOf } from '../search/compact.ts';
import { Random } from '../search/random.ts';
import { type Fault, faultsIn, limitLoops, type Mutant, plantFaults } from './mutants.ts';

export interface StrengthRequest {
  base_dir: string;
  captured: Captured;
  changed: ChangedFunction[];
  /** Inputs the search kept; see `CheckRequest.on_kept`. */
  kept_sessions?: readonly Session[];
  /** Faults tried at most; a seeded sample when there are more. */
  mutants_max?: number;
  /** Time for all faults; those that have no turn are left out of the count. */
  budget_ms?: number;
  seed: number;
  unsafe_no_sandbox?: boolean;
  signal?: AbortSignal;
}

export interface OracleStrength {
  killed: number;
  /** Faults tried, those presumed to change nothing left out. */
  total_not_equivalent: number;
  /** 0 to 100; null when there was nothing to put a fault into. */
  strength_pct: number | null;
  /** Survivors presumed equivalent. */
  equivalent: number;
  survivors: { file: string; line: number; mutation: string }[];
  /** Faults there was no time for. */
  not_tried: number;
  sessions: number;
}

const MUTANTS_MAX = 40;
const SESSIONS_MAX = 160;
const SIZE_MAX = 8000;
/** What holds more comes after what holds less. */
const LIGHT = 500;
const HANG_MS = 4000;
const BUDGET_MS = 30_000;
/** Of the time, for the code as it is; the faults get the rest. */
const PLAIN_SHARE = 0.4;
const TREATMENTS: readonly Treatment[] = ['warm', 'aliased', 'concurrent'];

/** Puts faults into the base's changed functions and counts how many the replay and the kept search inputs notice. */
export async function oracleStrength(request: StrengthRequest): Promise<OracleStrength> {
  const { captured } = request;
  const files = [...new Set(captured.manifest.functions.map((meta) => meta.file))];
  const side = prepareSide('base', request.base_dir, captured.manifest, files);
  try {
    const mutants = plantMutants(side, request);
    const sessions = [...captured.sessions, ...(request.kept_sessions ?? [])]
      .map((session) => ({ session, size: sizeOf(session) }))
      .filter(({ size }) => size < SIZE_MAX)
      .sort((a, b) => Number(a.size > LIGHT) - Number(b.size > LIGHT))
      .slice(0, SESSIONS_MAX)
      .map(({ session }) => session);
    if (mutants.length === 0 || sessions.length === 0)
      return {
        killed: 0,
        total_not_equivalent: mutants.length,
        strength_pct: mutants.length === 0 ? null : 0,
        equivalent: 0,
        survivors: mutants.map(shown),
        not_tried: 0,
        sessions: 0,
      };
    return await run(side, sessions, mutants, request);
  } finally {
    await side.close();
  }
}

async function run(side: Side, sessions: Session[], mutants: Mutant[], request: StrengthRequest): Promise<OracleStrength> {
  const context: ReplayContext = {
    manifest: request.captured.manifest,
    seed: request.seed,
    hang_ms: HANG_MS,
    unsafe_no_sandbox: request.unsafe_no_sandbox ?? false,
    signal: request.signal,
  };
  const budget_ms = request.budget_ms ?? BUDGET_MS;
  const wall_ms = budget_ms * PLAIN_SHARE;
  const job: SideJob = { sessions, plan: planOf(sessions, TREATMENTS, request.seed), alone: true, wall_ms };
  const [plain, again] = await Promise.all([runSide(side, job, context), runSide(side, job, context)]);
  const expected: Record<string, string> = {};
  for (const [key, result] of plain.results) {
    const text = result.digests.map((step) => step.public).join();
    const isSteady =
      again.results
        .get(key)
        ?.digests.map((step) => step.public)
        .join() === text;
    if (result.broken === null && isSteady) expected[key] = text;
  }
  const plan = job.plan.map(({ treatment, keys }) => ({ treatment, keys: keys.filter((key) => resultKey(treatment, key) in expected) }));
  const faults = mutants.map((mutant) => mutant.id);
  const ran = await runSide(side, { sessions, plan, mutants: faults, expected, wall_ms: budget_ms - wall_ms }, context);
  const tried = mutants.filter((mutant) => ran.mutants.has(mutant.id));
  const survivors = tried.filter((mutant) => ran.mutants.get(mutant.id)?.killed !== true);
  const equivalent = survivors.filter((mutant) => mutant.maybe_equivalent);
  const killed = tried.length - survivors.length;
  const total = tried.length - equivalent.length;
  return {
    killed,
    total_not_equivalent: total,
    strength_pct: total === 0 ? null : Math.round((1000 * killed) / total) / 10,
    equivalent: equivalent.length,
    survivors: survivors.filter((mutant) => !mutant.maybe_equivalent).map(shown),
    not_tried: mutants.length - tried.length,
    sessions: plan.reduce((sum, item) => sum + item.keys.length, 0),
  };
}

const shown = ({ file, line, mutation }: Mutant): { file: string; line: number; mutation: string } => ({ file, line, mutation });

/** Rewrites the overlays of the changed files with a seeded sample of faults. */
function plantMutants(side: Side, request: StrengthRequest): Mutant[] {
  const wanted = new Set(request.changed.map((item) => `${item.file}\0${item.symbol}`));
  const parsed = [...new Set(request.changed.map((item) => item.file))].map((file) => {
    const source = readOwn(request.base_dir, file);
    const { program, functions } = functionsOf(source, file);
    const own = functions.filter((info) => info.meta.kind !== 'class' && wanted.has(`${file}\0${info.meta.symbol}`));
    // A function inside another changed one is reached through it.
    const outer = own.filter(
      (info) => !own.some((other) => other !== info && other.node.start <= info.node.start && other.node.end >= info.node.end),
    );
    return { file, source, program, functions, outer };
  });
  const all = parsed.flatMap((item) => item.outer.flatMap((info) => faultsIn(info.node, item.source)).map((fault) => ({ item, fault })));
  const random = new Random(request.seed);
  const picked = all.map((one) => ({ one, order: random.next() })).sort((a, b) => a.order - b.order);
  const chosen = picked.slice(0, request.mutants_max ?? MUTANTS_MAX).map(({ one }, id) => ({ ...one, id }));
  const planted = new Set<number>();
  for (const item of parsed) {
    if (!side.overlay[item.file]) continue;
    const write = (own: { fault: Fault; id: number }[]): string => {
      const text = new MagicString(item.source);
      for (const info of item.outer) limitLoops(text, info.node);
      plantFaults(text, item.source, own);
      exposeFunctions(text, item.source, item.program, overlayTargets(item.functions, request.captured.manifest, item.file));
      return text.toString();
    };
    const own = sound(
      chosen.filter((one) => one.item === item),
      (some) => isValid(write(some), item.file),
    );
    for (const { id } of own) planted.add(id);
    writeOverlay(side.home, side.overlay, item.file, write(own));
  }
  return chosen
    .filter(({ id }) => planted.has(id))
    .map(({ item, fault, id }) => ({
      id,
      file: item.file,
      line: fault.node.loc?.start.line ?? 0,
      mutation: fault.mutation,
      maybe_equivalent: fault.maybe_equivalent ?? false,
    }));
}

function isValid(text: string, file: string): boolean {
  try {
    parseModule(text, file);
    return true;
  } catch {
    return false;
  }
}

/** Those that may be planted: one that leaves no valid module would hide all others. */
function sound<T>(own: T[], isSound: (some: T[]) => boolean): T[] {
  return isSound(own) ? own : own.filter((one) => isSound([one]));
}
