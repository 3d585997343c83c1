import { type Finding, type GuardInput, runGuards } from '../index.ts';

/** What the guards say of one file that became another: lines that the base does not have count as added. */
export function judgeFile(base: string, candidate: string, origin: GuardInput['origin']): Finding[] {
  const known = new Set(base.split('\n'));
  const added = new Set(candidate.split('\n').flatMap((line, index) => (known.has(line) ? [] : [index + 1])));
  return runGuards({
    diff: [{ old_path: 'src/a.js', new_path: 'src/a.js', special: [], added, removed: new Set([1]) }],
    sources: [{ file: 'src/a.js', base, candidate, added }],
    seen: [],
    origin,
    changed_lines_max: 60,
    ignored: () => false,
  });
}
