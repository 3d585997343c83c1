import { z } from 'zod';
import { quieterCore } from '../affinity.ts';
import { entryFor } from '../entry.ts';
import { Harness } from '../harness.ts';
import { repositoryUrl } from '../layout.ts';
import type { MeasuredWorkload, RuntimeOptions } from '../workload.ts';
import { placeKey, ProfileNode, sharesOf } from './call-tree.ts';
import { SourceFiles } from './source-files.ts';

const CoverageScript = z.object({
  url: z.string(),
  functions: z.array(z.object({ name: z.string(), start: z.number(), end: z.number(), count: z.number() })),
});

const RawProfile = z.object({
  ok: z.literal(true),
  profile: z.object({
    operations: z.number().int().positive(),
    duration_ns: z.number().positive(),
    nodes: z.array(ProfileNode),
    coverage: z.array(CoverageScript),
    maps: z.record(z.string(), z.unknown()),
    sizes: z.array(z.number().positive()).nullable().catch(null),
  }),
});

/** One function of the repository in a profile. Shares are of the sampled time, 0 to 1. */
export interface ProfiledFunction {
  file: string;
  symbol: string;
  /** 1-based, inclusive. */
  start_line: number;
  end_line: number;
  self_share: number;
  inclusive_share: number;
  /** Own time and that of foreign and native code it called directly. */
  addressable_share: number;
  /** Time on the stack per operation in nanoseconds. */
  inclusive_ns_per_op: number;
  /** Calls during one operation; null when the engine counted none, as for inlined or never-called code. */
  calls_per_op: number | null;
  /** Own functions on whose behalf it ran, with the share of its time, largest first. */
  callers: { symbol: string; share: number }[];
}

export interface WorkloadProfile {
  /** Largest inclusive share first. */
  functions: ProfiledFunction[];
  operations: number;
  operation_ns: number;
  collector_share: number;
  foreign_share: number;
  /** Sizes the workload offers; null when it has none. */
  sizes: number[] | null;
}

export type ProfileOutcome = { ok: true; profile: WorkloadProfile } | { ok: false; message: string };

export interface ProfileInput extends RuntimeOptions {
  dir: string;
  workload: MeasuredWorkload;
  size?: number | null;
  /** Sampled time in milliseconds; default 1500. */
  duration_ms?: number;
  warmup_ms?: number;
  timeout_ms?: number;
  signal?: AbortSignal | undefined;
}

const CALLERS_MAX = 5;

/**
 * The optimising tiers may lose the position of what they inline, and its samples then count as the caller's (seen with V8 13.6: a
 * function with 99 % of the time showed 0 %). Without inlining small functions look dearer than they are, but each has its own time.
 */
const PROFILE_FLAGS = ['--enable-source-maps', '--no-maglev-inlining', '--no-turbo-inlining'];

/** Profiles a workload in production mode: where its time goes, by function of the repository's own sources. */
export async function profileWorkload(input: ProfileInput): Promise<ProfileOutcome> {
  const entry = entryFor(input.dir, input.package_dir, input.workload);
  const cpu = input.cpu === undefined ? await quieterCore() : input.cpu;
  await using harness = await Harness.create({ workload: input.workload, entry, cpu, unsafe_no_sandbox: input.unsafe_no_sandbox ?? false });
  const outcome = await harness.call(
    input.dir,
    {
      script: 'profile.mjs',
      request: { size: input.size ?? null, duration_ms: input.duration_ms ?? 1500, warmup_ms: input.warmup_ms ?? 300 },
      flags: PROFILE_FLAGS,
      timeout_ms: input.timeout_ms ?? 60_000,
    },
    input.signal,
  );
  if (!outcome.ok) return { ok: false, message: outcome.message };
  const { profile } = RawProfile.parse(outcome.value);
  const sources = new SourceFiles(input.dir, repositoryUrl(input.dir, input.unsafe_no_sandbox ?? false), profile.maps);
  return { ok: true, profile: summarise(profile, sources, input.workload.path) };
}

function countsOf(coverage: readonly z.infer<typeof CoverageScript>[], sources: SourceFiles): Map<string, number> {
  const counts = new Map<string, number>();
  for (const script of coverage) {
    for (const f of script.functions) {
      const place = sources.placeAtOffset(script.url, f.start, f.name);
      // Callbacks report under their owner; only the owner's own range counts its calls.
      if (place === null || (f.name === '' && place.function.named)) continue;
      const key = placeKey(place);
      counts.set(key, Math.max(counts.get(key) ?? 0, f.count));
    }
  }
  return counts;
}

function summarise(raw: z.infer<typeof RawProfile>['profile'], sources: SourceFiles, workload_path: string | null): WorkloadProfile {
  const shares = sharesOf(raw.nodes, sources);
  const counts = countsOf(raw.coverage, sources);
  const total = Math.max(shares.total_us, 1);
  const operation_ns = raw.duration_ns / raw.operations;
  const functions = [...shares.functions.entries()]
    .filter(([, f]) => f.file !== workload_path)
    .map(([key, f]): ProfiledFunction => {
      const own = [...f.callers.entries()].filter(([caller]) => shares.functions.get(caller)?.file !== workload_path);
      const callers = own.toSorted((a, b) => b[1] - a[1]).slice(0, CALLERS_MAX);
      return {
        file: f.file,
        symbol: f.symbol,
        start_line: f.start_line,
        end_line: f.end_line,
        self_share: f.self_us / total,
        inclusive_share: f.inclusive_us / total,
        addressable_share: f.addressable_us / total,
        inclusive_ns_per_op: (f.inclusive_us / total) * operation_ns,
        calls_per_op: counts.get(key) ?? null,
        callers: callers.map(([caller, us]) => ({
          symbol: shares.functions.get(caller)?.symbol ?? caller,
          share: us / Math.max(f.inclusive_us, 1),
        })),
      };
    })
    .toSorted((a, b) => b.inclusive_share - a.inclusive_share || b.self_share - a.self_share);
  return {
    functions,
    operations: raw.operations,
    operation_ns,
    collector_share: shares.collector_us / total,
    foreign_share: shares.foreign_us / total,
    sizes: raw.sizes,
  };
}
