import { plural } from '@codeoptima/contracts';
import { guardCharacters } from './characters.ts';
import { changedLines, type DiffFile } from './diff.ts';
import type { ChangedSource, Finding } from './finding.ts';
import { foldNames } from './fold.ts';
import { globalOccurrences, guardGlobals } from './globals.ts';
import { guardImportWork } from './import-work.ts';
import { guardImports } from './imports.ts';
import { guardData, guardLiterals } from './literals.ts';
import { guardLosses } from './losses.ts';
import { guardModuleState } from './module-state.ts';
import { Moves, type Occurrences } from './moves.ts';
import { guardOccurrences, occurrences } from './occurrences.ts';
import { guardPaths, isForeign, isJudge, type PathRules } from './paths.ts';
import { type Node, parseSource } from './syntax.ts';

export interface GuardInput extends PathRules {
  diff: readonly DiffFile[];
  sources: readonly ChangedSource[];
  /** Changed files of data that the product may read. */
  data?: readonly ChangedSource[];
  /** Texts in which inputs and outputs stand: tests, benchmarks, workloads. */
  seen: readonly string[];
  changed_lines_max: number;
}

/** Judges a diff before anything runs. Pure: sources in, findings out, refusals first. */
export function runGuards(input: GuardInput): Finding[] {
  const findings = guardPaths(input.diff, input);
  const size = changedLines(input.diff);
  if (size > input.changed_lines_max) {
    findings.push({
      guard: 'oversized',
      severity: 'refused',
      file: input.diff[0]?.new_path ?? '',
      line: 1,
      message: `The change has ${plural(size, 'line')}; at most ${input.changed_lines_max} can be reviewed as one idea.`,
    });
  }
  const moves = { constructs: new Moves(), globals: new Moves() };
  const sources = input.sources.map((source) => readSides(source, moves));
  for (const sides of sources) findings.push(...guardSource(sides, input.seen, moves));
  for (const { file, base, candidate, added } of input.data ?? [])
    if (candidate !== null && !isJudge(file)) findings.push(...guardData(file, base ?? '', candidate, added, input.seen));
  return findings.sort((a, b) => Number(a.severity === 'needs_person') - Number(b.severity === 'needs_person'));
}

interface Side {
  tree: Node;
  constructs: Occurrences;
  globals: Occurrences;
}

interface Sides {
  source: ChangedSource;
  base: Side | null;
  candidate: Side | { error: string; line: number } | null;
}

type MovesOfKind = Record<'constructs' | 'globals', Moves>;

const NONE: Occurrences = new Map();

function readSides(source: ChangedSource, moves: MovesOfKind): Sides {
  const side = (text: string | null): Side | { error: string; line: number } | null => {
    const parsed = text === null ? null : tryParse(source.file, text);
    if (text === null || parsed === null) return null;
    if ('error' in parsed) return parsed;
    const { tree } = parsed;
    return { tree, constructs: occurrences(tree, text), globals: globalOccurrences(tree, text) };
  };
  const [base, candidate] = [side(source.base), side(source.candidate)];
  const before = base && 'tree' in base ? base : null;
  const after = candidate && 'tree' in candidate ? candidate : null;
  // What judges, or is nobody's, has nothing to give away.
  if (before && !isJudge(source.file) && !isForeign(source.file)) {
    moves.constructs.noteLost(source.file, before.constructs, after?.constructs ?? NONE);
    moves.globals.noteLost(source.file, before.globals, after?.globals ?? NONE);
  }
  return { source, base: before, candidate };
}

function guardSource({ source, base: before, candidate }: Sides, seen: readonly string[], moves: MovesOfKind): Finding[] {
  if (candidate === null) return [];
  const characters = guardCharacters(source);
  if ('error' in candidate)
    return [
      ...characters,
      {
        guard: 'syntax',
        severity: 'refused',
        file: source.file,
        line: candidate.line,
        message: `The file does not parse: ${candidate.error}.`,
      },
    ];
  const base = before?.tree ?? null;
  return [
    ...characters,
    ...guardOccurrences(source, before?.constructs ?? NONE, candidate.constructs, moves.constructs),
    ...guardGlobals(source, before?.globals ?? NONE, candidate.globals, moves.globals),
    ...guardModuleState(source, base, candidate.tree),
    ...guardImports(source, base, candidate.tree),
    ...guardImportWork(source, base, candidate.tree),
    ...guardLiterals(source, base, candidate.tree, seen),
    ...guardLosses(source, base, candidate.tree),
  ];
}

function tryParse(file: string, source: string): { tree: Node } | { error: string; line: number } {
  try {
    return { tree: foldNames(parseSource(file, source)) };
  } catch (error) {
    const { message, loc } = error as { message: string; loc?: { line: number } };
    return { error: message.replace(/\s*\(\d+:\d+\)$/, ''), line: loc?.line ?? 1 };
  }
}

export { changedLines, type DiffFile, parseDiff, splitDiff } from './diff.ts';
export type { ChangedSource, Finding } from './finding.ts';
export type { Origin } from './paths.ts';
