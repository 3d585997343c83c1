import { plural } from '@codeoptima/contracts';
import { guardCharacters } from './characters.ts';
import { changedLines, type DiffFile } from './diff.ts';
import type { ChangedSource, Finding } from './finding.ts';
import { foldNames } from './fold.ts';
import { guardGlobals } from './globals.ts';
import { guardImportWork } from './import-work.ts';
import { guardImports } from './imports.ts';
import { guardData, guardLiterals } from './literals.ts';
import { guardLosses } from './losses.ts';
import { guardModuleState } from './module-state.ts';
import { guardOccurrences } from './occurrences.ts';
import { guardPaths, isJudge, type PathRules } from './paths.ts';
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
  for (const source of input.sources) findings.push(...guardSource(source, input.seen));
  for (const { file, base, candidate, added } of input.data ?? [])
    if (candidate !== null && !isJudge(file)) findings.push(...guardData(file, base ?? '', candidate, added, input.seen));
  return findings.sort((a, b) => Number(a.severity === 'needs_person') - Number(b.severity === 'needs_person'));
}

function guardSource(source: ChangedSource, seen: readonly string[]): Finding[] {
  if (source.candidate === null) return [];
  const characters = guardCharacters(source);
  const candidate = tryParse(source.file, source.candidate);
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
  const parsed = source.base === null ? null : tryParse(source.file, source.base);
  const base = parsed && 'tree' in parsed ? parsed.tree : null;
  return [
    ...characters,
    ...guardOccurrences(source, base, candidate.tree),
    ...guardGlobals(source, base, candidate.tree),
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
