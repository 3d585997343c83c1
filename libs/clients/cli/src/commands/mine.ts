import { plural } from '@codeoptima/contracts';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { patternMemory } from '@codeoptima/experience';
import { MINING_LIMITS, type MiningCounts, type MiningLimits, minePatterns, repositoriesIn } from '@codeoptima/mining';
import { isUrl, mirror } from '@codeoptima/scm';
import type { CliContext } from '../context.ts';
import { badInput } from '../errors.ts';
import { fieldOf, lineOfDraft, type MemoryLine } from '../memory/line.ts';
import { withMemory } from '../memory/session.ts';
import { oneLine } from '../text.ts';
import { type CliCommand, type CommonOptions, dataDir, printJson, withCommon } from './options.ts';

interface MineOptions extends CommonOptions {
  ref?: string;
  out?: string;
  maxCommits: string;
  maxDiffs: string;
  maxPatterns: string;
}

const HELP = `
Reads the history of REPO (or of every repository below a folder) for changes that people made for speed: commits that say so, and
commits that hint at it and take something costly away. Each becomes a memory: the function before and after, the commit, the message.
Later runs recall them: hot code that looks like a "before" is tried earlier. Mining again adds only what is new.

Examples:
  codeoptima mine ~/src/library
  codeoptima mine ~/src --max-diffs 500 --json
  codeoptima mine . --out patterns.jsonl        look first; "codeoptima memory import patterns.jsonl" keeps them
  codeoptima memory search --kind pattern       see what is kept
`;

export const mineCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('mine'))
      .summary('learn from performance commits of the past')
      .description('Turns performance commits of a history into a dictionary of before and after.')
      .argument('<repo>', 'git repository, folder of repositories, or git URL')
      .option('--ref <ref>', 'commit, branch or tag to start from (default: HEAD)')
      .option('--out <file>', 'write JSON lines there and keep nothing; needs no fleet')
      .option('--max-commits <n>', 'commits whose messages are read, per repository', String(MINING_LIMITS.commits))
      .option('--max-diffs <n>', 'commits whose changes are read, per repository', String(MINING_LIMITS.diffs))
      .option('--max-patterns <n>', 'changes that are kept, per repository', String(MINING_LIMITS.patterns))
      .addHelpText('after', HELP)
      .action((target: string, options: MineOptions) => mine(target, options, context));
  },
};

interface Mined {
  repository: string;
  counts: MiningCounts;
  lines: MemoryLine[];
}

async function mine(target: string, options: MineOptions, context: CliContext): Promise<void> {
  const limits = limitsOf(options);
  const data_dir = dataDir(options, context);
  const stop = new AbortController();
  const release = context.onSignal(() => stop.abort(new DOMException('cancelled', 'AbortError')));
  try {
    const mined: Mined[] = [];
    for (const [repository, dir] of await placesOf(target, data_dir, context, stop.signal))
      mined.push(await mineOne(repository, dir, options.ref ?? null, limits, context, stop.signal));
    const lines = mined.flatMap((one) => one.lines);
    const file = options.out === undefined ? null : resolve(context.cwd, options.out);
    if (file !== null) await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const kept =
      file !== null || lines.length === 0 ? { added: 0, known: 0 } : await withMemory(context, data_dir, ({ keep }) => keep(lines));
    print(mined, kept, file, options, context);
  } finally {
    release();
  }
}

function limitsOf({ maxCommits, maxDiffs, maxPatterns }: MineOptions): MiningLimits {
  const whole = (flag: string, text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1) throw badInput(`${flag} must be a whole number from 1, found "${text}".`);
    return value;
  };
  return {
    commits: whole('--max-commits', maxCommits),
    diffs: whole('--max-diffs', maxDiffs),
    patterns: whole('--max-patterns', maxPatterns),
  };
}

/** What is mined: the name that the memory keeps it under, and where it lies on this machine. */
async function placesOf(target: string, data_dir: string, context: CliContext, signal: AbortSignal): Promise<[string, string][]> {
  if (isUrl(target)) return [[target, await mirror(target, join(data_dir, 'mirrors'), signal)]];
  return (await repositoriesIn(resolve(context.cwd, target))).map((dir) => [dir, dir]);
}

async function mineOne(
  repository: string,
  dir: string,
  ref: string | null,
  limits: MiningLimits,
  context: CliContext,
  signal: AbortSignal,
): Promise<Mined> {
  let counts: MiningCounts = { commits: 0, diffs: 0, patterns: 0, stopped_by: null };
  let told_ms = context.now();
  const tell = (now: MiningCounts): void => {
    counts = { ...now };
    if (context.now() - told_ms < 1000) return;
    told_ms = context.now();
    context.err(`  ${repository}: ${plural(counts.commits, 'commit')}, ${plural(counts.diffs, 'change')} read, ${counts.patterns} found\n`);
  };
  const lines: MemoryLine[] = [];
  for await (const { data, before } of minePatterns({ dir, repository, ref, limits, signal, progress: tell }))
    lines.push(lineOfDraft(patternMemory(data, before), data.repository));
  return { repository, counts, lines };
}

function print(
  mined: readonly Mined[],
  kept: { added: number; known: number },
  file: string | null,
  options: MineOptions,
  context: CliContext,
): void {
  if (options.json === true) {
    const repositories = mined.map(({ repository, counts }) => ({ repository, ...counts }));
    const patterns = mined
      .flatMap(({ lines }) => lines)
      .map(({ id, project, path, data }) => ({
        id,
        project,
        path,
        symbol: data['symbol'],
        commit: data['commit'],
        message: data['message'],
        evidence: data['evidence'],
      }));
    printJson(context, { repositories, patterns, ...kept, out: file });
    return;
  }
  for (const { repository, counts, lines } of mined) {
    const ended = counts.stopped_by === null ? '' : ` (stopped at --max-${counts.stopped_by})`;
    context.out(
      `${repository}: ${plural(counts.commits, 'commit')}, ${plural(counts.diffs, 'change')} read, ${counts.patterns} found${ended}\n`,
    );
    for (const { path, data } of lines.slice(0, SHOWN))
      context.out(
        `  ${fieldOf(data, 'commit').slice(0, 10)} ${fieldOf(data, 'symbol')} (${path}): ${oneLine(fieldOf(data, 'message'), 90)}\n`,
      );
    if (lines.length > SHOWN) context.out(`  … and ${lines.length - SHOWN} more\n`);
  }
  context.out(
    file === null ? `${kept.added} added to the memory, ${kept.known} known before.\n` : `Written to ${file}; nothing was kept.\n`,
  );
}

const SHOWN = 20;
