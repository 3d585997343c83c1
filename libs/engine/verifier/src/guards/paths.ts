import type { DiffFile } from './diff.ts';
import type { Finding } from './finding.ts';

const SOURCE = /\.(js|mjs|cjs|jsx|ts|mts|cts|tsx)$/;
const FORBIDDEN: readonly [RegExp, string][] = [
  [/(^|\/)(tests?|__tests__|spec|specs|e2e|__mocks__)\//i, 'a test'],
  [/\.(test|spec|e2e|test-d)\.[cm]?[jt]sx?$/i, 'a test'],
  [/(^|\/)(bench|benches|benchmark|benchmarks|perf)\/|\.bench\.[cm]?[jt]sx?$/i, 'a benchmark'],
  [/(^|\/)(fixtures|__fixtures__|__snapshots__|snapshots|testdata)\//i, 'a fixture'],
  [/(^|\/)(node_modules|vendor|third_party)\//, 'code of somebody else'],
  [/(^|\/)\.[^/]+/, 'a hidden file (hooks, CI, settings)'],
  [
    /(^|\/)(package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|codeoptima\.toml)$/,
    'the manifest, lock file or settings',
  ],
  [/(^|\/)[^/]*\.(config|conf|setup|rc)\.[cm]?[jt]s$|(^|\/)tsconfig[^/]*\.json$/, 'a configuration file'],
  [/\.d\.[cm]?ts$/, 'a declaration file'],
  [/\.min\.[cm]?js$/, 'a minified file'],
];

/** Only ordinary edits of ordinary source files pass. */
export function guardPaths(files: readonly DiffFile[], ignored: (path: string) => boolean): Finding[] {
  return files.flatMap((file) => {
    const path = file.new_path ?? file.old_path ?? '';
    const refuse = (guard: string, message: string): Finding[] => [{ guard, severity: 'refused', file: path, line: 1, message }];
    if (file.special.some((line) => line.startsWith('new file mode 120000') || / 120000$/.test(line)))
      return refuse('symlink', `${path} becomes a symbolic link.`);
    if (file.special.some((line) => /^(Binary|GIT binary)/.test(line))) return refuse('binary', `${path} is changed as a binary file.`);
    if (file.special.some((line) => /^(old|new) mode/.test(line))) return refuse('file-mode', `The mode of ${path} is changed.`);
    if (file.old_path && file.new_path && file.old_path !== file.new_path) return refuse('rename', `${file.old_path} is renamed.`);
    if (file.new_path === null || file.special.some((line) => line.startsWith('deleted file')))
      return refuse('deleted-file', `${path} is deleted.`);
    if (path.startsWith('/') || path.split('/').includes('..')) return refuse('path-outside', `${path} lies outside the repository.`);
    const forbidden = FORBIDDEN.find(([pattern]) => pattern.test(path));
    if (forbidden) return refuse('forbidden-path', `${path} is ${forbidden[1]} and may not be changed.`);
    if (!SOURCE.test(path)) return refuse('forbidden-path', `${path} is not a JavaScript or TypeScript source file.`);
    if (ignored(path)) return refuse('ignored-path', `${path} is on the repository's ignore list.`);
    return [];
  });
}
