/** What a file is for, told by its path alone. Code of the product has no role. */
export type PathRole =
  | 'test'
  | 'benchmark'
  | 'fixture'
  | 'example'
  /** Hooks, CI and settings of tools. */
  | 'hidden'
  /** Lock files and the settings of this product. */
  | 'lock'
  | 'configuration'
  /** Other people's code that lies in the tree. */
  | 'foreign'
  | 'built'
  | 'minified'
  | 'generated';

const JS = String.raw`\.[cm]?[jt]sx?$`;

/** The one list of what tells a file's role; the first that matches is the one that is named. */
const ROLES: readonly (readonly [PathRole, RegExp])[] = [
  ['foreign', /(^|\/)(node_modules|bower_components|vendor|vendored|third[_-]?party)\//],
  ['minified', /\.min\.[cm]?[jt]s$/],
  ['test', /(^|\/)(tests?|__tests__|__mocks__|specs?|e2e)\//i],
  ['test', new RegExp(`(^|/)(tests?|spec)${JS}`, 'i')],
  ['test', /[._-](tests?|spec|e2e|test-d)\.[^/.]+$|(^|\/)test_[^/]+\.py$/i],
  ['benchmark', /(^|\/)(bench|benches|benchmarks?|perf)\//i],
  ['benchmark', new RegExp(`(^|/)bench(mark)?${JS}`, 'i')],
  ['benchmark', /[._-]bench(mark)?\.[^/.]+$/i],
  ['fixture', /(^|\/)(fixtures?|__fixtures__|__snapshots__|snapshots|testdata|mocks?)\//i],
  ['example', /(^|\/)examples?\//i],
  ['hidden', /(^|\/)\.[^/]+/],
  ['lock', /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|codeoptima\.toml)$/],
  ['configuration', /(^|\/)[^/]*\.(config|conf|setup|rc)\.[cm]?[jt]s$|(^|\/)tsconfig[^/]*\.json$/],
  ['built', /(^|\/)(dist|out|coverage)\//],
  ['generated', new RegExp(`([.-]bundle|\\.generated|\\.gen|_pb|\\.pb)${JS}`)],
];

/** The first role among `roles` that a path, relative to the repository's root, has; null where it has none of them. */
export function roleOf(path: string, roles: readonly PathRole[]): PathRole | null {
  return ROLES.find(([role, pattern]) => roles.includes(role) && pattern.test(path))?.[0] ?? null;
}

/** Roles of files that decide how a change is judged. */
export const JUDGING_ROLES: readonly PathRole[] = ['test', 'benchmark', 'fixture', 'hidden', 'lock', 'configuration'];

/** Roles of code that is written to try the product out; nobody is helped by a faster one. */
export const TRYING_ROLES: readonly PathRole[] = ['test', 'benchmark', 'fixture', 'example'];
