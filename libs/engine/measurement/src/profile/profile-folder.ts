import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { placeKey, type ProfileNode, sharesOf, type TreeShares } from './call-tree.ts';
import type { Place, SourceFiles } from './source-files.ts';

/** What `node --cpu-prof` writes. */
const CpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number(), columnNumber: z.number() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** What `NODE_V8_COVERAGE` writes. */
const CoverageFile = z.object({
  result: z.array(
    z.object({
      url: z.string(),
      functions: z.array(
        z.object({ functionName: z.string(), ranges: z.array(z.object({ startOffset: z.number(), count: z.number() })).min(1) }),
      ),
    }),
  ),
  'source-map-cache': z.record(z.string(), z.object({ lineLengths: z.array(z.number()).optional(), data: z.unknown() })).optional(),
});

async function jsonFiles<T>(dir: string, ending: string, schema: z.ZodType<T>): Promise<T[]> {
  const found: T[] = [];
  for (const name of await readdir(dir).catch(() => [] as string[])) {
    if (!name.endsWith(ending)) continue;
    try {
      found.push(schema.parse(JSON.parse(await readFile(join(dir, name), 'utf8'))));
    } catch {
      // A process that was killed while writing leaves half a file; the others still count.
    }
  }
  return found;
}

function nodesOf(profile: z.infer<typeof CpuProfile>): ProfileNode[] {
  const self = new Map<number, number>();
  for (const [i, id] of profile.samples.entries()) self.set(id, (self.get(id) ?? 0) + Math.max(0, profile.timeDeltas[i] ?? 0));
  return profile.nodes.map(({ id, callFrame, children }) => ({
    id,
    name: callFrame.functionName,
    url: callFrame.url,
    line: callFrame.lineNumber,
    column: callFrame.columnNumber,
    self_us: self.get(id) ?? 0,
    children: children ?? [],
  }));
}

/** Shares over every `.cpuprofile` that a run of several processes left in a folder; null when there is none. */
export async function profileFolder(dir: string, sources: SourceFiles): Promise<TreeShares | null> {
  const profiles = await jsonFiles(dir, '.cpuprofile', CpuProfile);
  if (profiles.length === 0) return null;
  const sum: TreeShares = { functions: new Map(), total_us: 0, collector_us: 0, foreign_us: 0 };
  for (const profile of profiles) {
    const one = sharesOf(nodesOf(profile), sources);
    sum.total_us += one.total_us;
    sum.collector_us += one.collector_us;
    sum.foreign_us += one.foreign_us;
    for (const [key, f] of one.functions) {
      const known = sum.functions.get(key);
      if (known === undefined) sum.functions.set(key, f);
      else {
        known.self_us += f.self_us;
        known.inclusive_us += f.inclusive_us;
        known.addressable_us += f.addressable_us;
        for (const [caller, us] of f.callers) known.callers.set(caller, (known.callers.get(caller) ?? 0) + us);
      }
    }
  }
  return sum;
}

/** Source functions that ran at all, from the coverage files of a run. */
export class ReachedFunctions {
  readonly #counts: ReadonlyMap<string, number>;

  constructor(counts: ReadonlyMap<string, number>) {
    this.#counts = counts;
  }

  /** Calls over all processes; 0 when the function was loaded at most. */
  calls(file: string, start_line: number, symbol: string): number {
    return this.#counts.get(`${file}:${start_line}:${symbol}`) ?? 0;
  }

  get size(): number {
    return this.#counts.size;
  }
}

/** Reads the files that `NODE_V8_COVERAGE` left in a folder; null when there is none. `sourcesOf` makes the finder for given maps. */
export async function reachedFunctions(
  dir: string,
  sourcesOf: (maps: Readonly<Record<string, unknown>>) => SourceFiles,
): Promise<ReachedFunctions | null> {
  const files = await jsonFiles(dir, '.json', CoverageFile);
  if (files.length === 0) return null;
  const counts = new Map<string, number>();
  for (const file of files) {
    const cache = file['source-map-cache'] ?? {};
    const maps = Object.fromEntries(
      Object.entries(cache).flatMap(([url, { data }]) => (data === null || data === undefined ? [] : [[url, data]])),
    );
    const sources = sourcesOf(maps);
    for (const script of file.result) {
      if (sources.ownPath(script.url) === null) continue;
      for (const f of script.functions) {
        const { startOffset, count } = f.ranges[0] as { startOffset: number; count: number };
        if (count === 0) continue;
        const place: Place | null = sources.placeAtOffset(script.url, startOffset, f.functionName, cache[script.url]?.lineLengths);
        if (place !== null) counts.set(placeKey(place), (counts.get(placeKey(place)) ?? 0) + count);
      }
    }
  }
  return new ReachedFunctions(counts);
}
