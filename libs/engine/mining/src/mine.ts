import { type PatternData, projectOf } from '@codeoptima/experience';
import { resolveCommit } from '@codeoptima/scm';
import { changedFunctions, type FunctionChange, isOwnSource } from './changes.ts';
import { type Commit, commitsOf, fileAt, touchedFiles } from './history.ts';
import { messageSignal } from './message.ts';

/** Where mining stops on a huge history. */
export interface MiningLimits {
  /** Commits whose messages are read. */
  commits: number;
  /** Commits whose changes are read: those that speak of speed first, each batch. */
  diffs: number;
  /** Changes that are kept. */
  patterns: number;
}

export const MINING_LIMITS: MiningLimits = { commits: 50_000, diffs: 3_000, patterns: 500 };

export interface MiningCounts {
  commits: number;
  diffs: number;
  patterns: number;
  /** The limit that ended it, or null when the whole history was seen. */
  stopped_by: keyof MiningLimits | null;
}

export interface MinedPattern {
  data: PatternData;
  before: string;
}

/** A change for speed is small; large commits mix purposes. */
const FILES_MAX = 8;
const FUNCTIONS_MAX = 4;
const MESSAGE_CHARS = 1_000;

export interface MiningRequest {
  /** Working tree, bare repository or mirror on this machine. */
  dir: string;
  /** The repository as the user names it; its memory is kept under that name. */
  repository: string;
  ref: string | null;
  limits: MiningLimits;
  signal: AbortSignal;
  /** Told after each commit whose change was read, and after each batch of messages. */
  progress: (counts: MiningCounts) => void;
}

/**
 * Changes for speed in the history, newest first: commits that say so and change few functions, or that hint at it and take a costly sign away.
 * Gives each as it is found; the last counts come by `progress`.
 * @throws CodeOptimaError `bad_input` when the folder is no repository, has no commit, or the ref is unknown
 */
export async function* minePatterns(request: MiningRequest): AsyncGenerator<MinedPattern> {
  const { dir, limits, signal, progress } = request;
  const counts: MiningCounts = { commits: 0, diffs: 0, patterns: 0, stopped_by: null };
  // The same change comes again on every branch that picked it.
  const seen = new Set<string>();
  const from = await resolveCommit(dir, request.ref);
  for await (const batch of commitsOf(dir, from, limits.commits, signal)) {
    counts.commits += batch.length;
    progress(counts);
    const speaking = batch.map((commit) => ({ commit, ...messageSignal(commit.message) })).filter(({ strength }) => strength > 0);
    speaking.sort((a, b) => b.strength - a.strength);
    for (const { commit, strength, words } of speaking) {
      signal.throwIfAborted();
      if (counts.diffs >= limits.diffs) counts.stopped_by = 'diffs';
      if (counts.patterns >= limits.patterns) counts.stopped_by = 'patterns';
      if (counts.stopped_by !== null) return progress(counts);
      counts.diffs++;
      for (const change of await changesOf(dir, commit, strength, signal)) {
        if (counts.patterns >= limits.patterns) break;
        const same = `${change.function_hash} ${change.change_hash}`;
        if (seen.has(same)) continue;
        seen.add(same);
        counts.patterns++;
        yield patternOf(request.repository, commit, change, words);
      }
      progress(counts);
    }
  }
  if (counts.commits >= limits.commits) counts.stopped_by = 'commits';
  progress(counts);
}

async function changesOf(dir: string, commit: Commit, strength: number, signal: AbortSignal): Promise<FunctionChange[]> {
  const touched = (await touchedFiles(dir, commit.hash, signal))?.filter(({ path }) => isOwnSource(path)) ?? [];
  if (touched.length === 0 || touched.length > FILES_MAX) return [];
  const changes: FunctionChange[] = [];
  for (const file of touched) {
    const before = await fileAt(dir, `${commit.hash}^`, file.path, signal);
    const after = await fileAt(dir, commit.hash, file.path, signal);
    if (before !== null && after !== null) changes.push(...changedFunctions(file, before, after));
  }
  if (changes.length > FUNCTIONS_MAX) return [];
  // A hint is not enough by itself: something costly must be gone, and nothing costly come in its place.
  if (strength === 2) return changes.filter(({ removed, added }) => removed.length > 0 || added.length === 0);
  return changes.filter(({ removed, added }) => removed.length > 0 && added.length === 0);
}

const patternOf = (repository: string, commit: Commit, change: FunctionChange, words: readonly string[]): MinedPattern => ({
  before: change.before,
  data: {
    schema: 'pattern/1',
    repository: projectOf(repository),
    file: change.path,
    symbol: change.symbol,
    language: change.language,
    function_hash: change.function_hash,
    after: change.after,
    at_ms: commit.at_ms,
    commit: commit.hash,
    message: commit.message.slice(0, MESSAGE_CHARS),
    removed: change.removed,
    evidence: [...words.map((word) => `says "${word}"`), ...change.removed.map((sign) => `no more ${sign}`)],
  },
});
