import { JUDGING_ROLES, type PathRole, roleOf } from '@codeoptima/config';
import type { DiffFile } from './diff.ts';
import type { Finding } from './finding.ts';

const SOURCE = /\.(js|mjs|cjs|jsx|ts|mts|cts|tsx)$/;
const PROSE = /\.(md|markdown|txt|rst|adoc)$|(^|\/)(LICEN[CS]E|CHANGELOG|HISTORY|AUTHORS|CONTRIBUTORS|NOTICE)[^/]*$/i;
const MANIFEST = /(^|\/)package\.json$/;

/** Roles of files that decide how a change is judged, and of files that nobody of the repository writes, in words. */
const JUDGES: Partial<Record<PathRole, string>> = {
  test: 'a test',
  benchmark: 'a benchmark',
  fixture: 'a fixture',
  hidden: 'a hidden file (hooks, CI, settings)',
  lock: 'a lock file or the settings',
  configuration: 'a configuration file',
};
const FOREIGN: Partial<Record<PathRole, string>> = { foreign: 'code of somebody else', minified: 'a minified file' };

const nameOf = (path: string, names: Partial<Record<PathRole, string>>): string | undefined =>
  names[roleOf(path, Object.keys(names) as PathRole[]) as PathRole];

/** Whether a file is nobody's source: other people's code, minified code. */
export const isForeign = (path: string): boolean => nameOf(path, FOREIGN) !== undefined;

/** Whether a file decides how changes are judged: tests, benchmarks, fixtures, settings, lock files. */
export const isJudge = (path: string): boolean => roleOf(path, JUDGING_ROLES) !== null;

/**
 * `proposal`: a rule or a model wrote it, so only ordinary edits of ordinary source files pass. `any_change`: somebody asks for a judgement on
 * a commit, so prose, new files, a manifest and declarations are shown to a person, while what judges stays as the base has it.
 */
export type Origin = 'proposal' | 'any_change';

export interface PathRules {
  origin: Origin;
  ignored: (path: string) => boolean;
}

/** Judges which files a diff touches, and how. */
export function guardPaths(files: readonly DiffFile[], rules: PathRules): Finding[] {
  return files.flatMap((file) => {
    const path = file.new_path ?? file.old_path ?? '';
    const found = special(file, rules.origin) ?? place(path, isNew(file), rules);
    return found ? [{ guard: found[0], severity: found[1], file: path, line: 1, message: found[2] }] : [];
  });
}

type Found = readonly [guard: string, severity: Finding['severity'], message: string];

const isNew = (file: DiffFile): boolean => file.old_path === null || file.special.some((line) => line.startsWith('new file mode'));

function special(file: DiffFile, origin: Origin): Found | null {
  const path = file.new_path ?? file.old_path ?? '';
  const lenient = origin === 'any_change' ? 'needs_person' : 'refused';
  if (path.startsWith('/') || path.split('/').includes('..')) return ['path-outside', 'refused', `${path} lies outside the repository.`];
  if (file.special.some((line) => / 120000$/.test(line))) return ['symlink', 'refused', `${path} is or becomes a symbolic link.`];
  if (file.special.some((line) => / 160000$/.test(line)))
    return ['submodule', 'refused', `${path} is another repository, which the change moves.`];
  if (file.special.some((line) => /^(Binary|GIT binary)/.test(line))) return ['binary', 'refused', `${path} is changed as a binary file.`];
  if (file.special.some((line) => /^(old|new) mode/.test(line))) return ['file-mode', 'refused', `The mode of ${path} is changed.`];
  const judge = nameOf(file.old_path ?? '', JUDGES);
  if (judge && file.new_path !== file.old_path)
    return ['forbidden-path', 'refused', `${file.old_path ?? path} is ${judge} and may not go.`];
  if (file.new_path === null || file.special.some((line) => line.startsWith('deleted file')))
    return ['deleted-file', lenient, `${path} is deleted.`];
  if (file.old_path && file.old_path !== file.new_path) return ['rename', lenient, `${file.old_path} is renamed to ${path}.`];
  return null;
}

function place(path: string, is_new: boolean, { origin, ignored }: PathRules): Found | null {
  const foreign = nameOf(path, FOREIGN);
  if (foreign) return ['forbidden-path', 'refused', `${path} is ${foreign} and may not be changed.`];
  const judge = nameOf(path, JUDGES);
  if (judge && !(origin === 'any_change' && is_new && roleOf(path, ['hidden']) === null)) {
    return ['forbidden-path', 'refused', `${path} is ${judge} and may not be changed.`];
  }
  if (ignored(path)) return ['ignored-path', 'refused', `${path} is on the repository's ignore list.`];
  if (SOURCE.test(path) && !/\.d\.[cm]?ts$/.test(path) && !judge)
    return is_new && origin === 'proposal' ? ['new-file', 'refused', `${path} is a new file.`] : null;
  if (origin === 'proposal') return ['forbidden-path', 'refused', `${path} is not a JavaScript or TypeScript source file.`];
  if (PROSE.test(path)) return null;
  if (judge) return ['unused-file', 'needs_person', `${path} is new and was not used for the judgement.`];
  if (MANIFEST.test(path)) return ['manifest', 'needs_person', `${path} is changed; scripts and test settings were taken from the base.`];
  return ['other-file', 'needs_person', `${path} is not a source file that could be judged.`];
}
