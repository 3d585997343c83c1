import { posix } from 'node:path';
import { roleOf } from '@codeoptima/config';

/** How a benchmark file of a repository can become a workload. */
export type BenchmarkKind =
  /** Default-exports `setup(lib) -> { fn, check }` itself. */
  | 'workload'
  /** Registers functions with a library that can be stood in for. */
  | 'suite'
  /** Does its work when it is run. */
  | 'script';

const CODE = /\.[cm]?[jt]s$/;
const DECLARATION = /\.d\.[cm]?ts$/;
const BENCH_FILE = /\.(bench|benchmark)\.[cm]?[jt]s$/;
const BENCH_NAME = /(^|\/)(bench|benchmark|perf)\.[cm]?[jt]s$/;
const LIBRARY = /(?:from\s*|import\s*\(?\s*|require\(\s*)['"](tinybench|benchmark|mitata|vitest)['"]/;
const FILES_MAX = 12;

/** Files that look like benchmarks, given every path of the package (relative to the root); the most telling names first. */
export function benchmarkFiles(paths: readonly string[], package_dir: string, scripts: Readonly<Record<string, string>>): string[] {
  const inside = paths.filter(
    (p) => CODE.test(p) && !DECLARATION.test(p) && !p.includes('node_modules/') && (package_dir === '' || p.startsWith(`${package_dir}/`)),
  );
  const mentioned = new Set(scriptFiles(scripts, package_dir));
  const rank = (path: string): number => {
    if (mentioned.has(path)) return 0;
    if (BENCH_FILE.test(path)) return 1;
    if (BENCH_NAME.test(path)) return 2;
    return roleOf(path, ['benchmark']) === null ? 4 : 3;
  };
  return inside
    .filter((p) => rank(p) < 4)
    .toSorted((a, b) => rank(a) - rank(b) || a.split('/').length - b.split('/').length || a.localeCompare(b))
    .slice(0, FILES_MAX);
}

/** Files that the package's `bench…` and `perf…` scripts name. */
export function scriptFiles(scripts: Readonly<Record<string, string>>, package_dir: string): string[] {
  return Object.entries(scripts)
    .filter(([name]) => /^(bench|perf)/.test(name))
    .flatMap(([, command]) => command.split(/\s+/))
    .map((word) => word.replaceAll(/['"]/g, ''))
    .filter((word) => CODE.test(word) && !word.startsWith('-'))
    .map((word) => posix.join(package_dir, word));
}

/** Told from the text; a module that exports a default and names `fn` is tried as a workload first. */
export function benchmarkKind(text: string): BenchmarkKind {
  if (LIBRARY.test(text)) return 'suite';
  if (/\bexport\s+default\b/.test(text) && /\bfn\b/.test(text)) return 'workload';
  return 'script';
}
