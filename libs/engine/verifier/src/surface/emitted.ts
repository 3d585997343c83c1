import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { NODE_TARGET, REPO_TARGET, run } from '@codeoptima/sandbox';
import type { Compiler } from './compiler.ts';
import { declarationClosure, declarationNames } from './declaration-files.ts';
import type { PublicEntry } from './public-entries.ts';

const OUT_TARGET = '/out';
const EMIT_MS_MAX = 120_000;
const SOURCE_ENDINGS = ['ts', 'mts', 'cts', 'tsx'];

/** Declarations a compiler wrote for the public entries, by source path; or why there are none. */
export type Emitted = { files: Map<string, string>; missing: string[] } | { failed: string };

/**
 * The TypeScript source behind what a package offers: `./dist/esm/a.js` is made of `src/a.ts` or `a.ts`, whatever folders builds put in front.
 * Null when there is none.
 */
export function sourceOf(dir: string, package_dir: string, target: string): string | null {
  const plain = target.replace(/\.d\.[cm]?ts$|\.[cm]?[jt]sx?$/, '');
  const parts = plain.split('/');
  for (let skip = 0; skip < parts.length; skip++) {
    const rest = parts.slice(skip).join('/');
    for (const stem of [`src/${rest}`, rest, `src/${rest}/index`, `${rest}/index`, `lib/${rest}`])
      for (const ending of SOURCE_ENDINGS) {
        const path = posix.join(package_dir, `${stem}.${ending}`);
        if (existsSync(join(dir, path)) && !/\.d\.[cm]?ts$/.test(path)) return path;
      }
  }
  return null;
}

/** Settings that make any configuration of a package emit declarations and nothing else, in a folder of ours. */
function configuration(repository: string, package_dir: string, out: string, sources: readonly string[], dir: string) {
  const folder = posix.join(repository, package_dir);
  const own = ['tsconfig.json', 'tsconfig.build.json', '../../tsconfig.json'].find((name) => existsSync(join(dir, package_dir, name)));
  const text = own === undefined ? '' : readFileSync(join(dir, package_dir, own), 'utf8');
  const type_roots = [posix.join(folder, 'node_modules/@types'), posix.join(repository, 'node_modules/@types')];
  return {
    ...(own === undefined ? {} : { extends: posix.join(folder, own) }),
    files: sources.map((path) => posix.join(repository, path)),
    // Declarations of the package's own that its sources rely on without importing them.
    include: [posix.join(folder, 'src/**/*.d.ts'), posix.join(folder, 'types/**/*.d.ts'), posix.join(folder, '*.d.ts')],
    exclude: [posix.join(folder, 'node_modules')],
    references: [],
    compilerOptions: {
      ...(own === undefined ? { target: 'esnext', module: 'nodenext', strict: true, allowImportingTsExtensions: true } : {}),
      ...(text.includes('"typeRoots"') ? {} : { typeRoots: type_roots }),
      noEmit: false,
      declaration: true,
      declarationMap: false,
      emitDeclarationOnly: true,
      noEmitOnError: false,
      stripInternal: false,
      composite: false,
      incremental: false,
      isolatedDeclarations: false,
      skipLibCheck: true,
      rootDir: repository,
      outDir: out,
      declarationDir: out,
    },
  };
}

export interface EmitRequest {
  dir: string;
  package_dir: string;
  /** Sources of the public entries, relative to the repository's root. */
  sources: readonly string[];
  compiler: Compiler;
  workdir: string;
  unsafe_no_sandbox: boolean;
  signal: AbortSignal;
}

/** Lets a compiler write the declarations of some sources, in the sandbox: what a compiler reads of a repository may come from anybody. */
export async function emitDeclarations(request: EmitRequest): Promise<Emitted> {
  const { dir, package_dir, sources, compiler, unsafe_no_sandbox, signal } = request;
  const scratch = await mkdtemp(join(request.workdir, 'declarations-'));
  try {
    const out = join(scratch, 'out');
    await mkdir(out);
    const [repository, inside] = unsafe_no_sandbox ? [dir, out] : [REPO_TARGET, OUT_TARGET];
    await writeFile(join(out, 'tsconfig.json'), JSON.stringify(configuration(repository, package_dir, inside, sources, dir)));
    const flags = compiler.can_skip_checks ? ['--noCheck'] : [];
    const result = await run({
      argv: [NODE_TARGET, compiler.program, '--project', join(inside, 'tsconfig.json'), '--pretty', 'false', ...flags],
      cwd: repository,
      mounts: [...compiler.mounts, { source: dir, target: REPO_TARGET, mode: 'ro' }, { source: out, target: OUT_TARGET, mode: 'rw' }],
      limits: { wall_ms: EMIT_MS_MAX },
      unsafe_no_sandbox,
      signal,
    });
    signal.throwIfAborted();
    const entries = sources.map((path) => declarationNames(path)[0] as string);
    const files = declarationClosure(out, entries);
    const missing = entries.filter((path) => !files.has(path));
    if (files.size === 0) return { failed: firstError(result.outcome, `${result.stdout}\n${result.stderr}`) };
    return { files, missing };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function firstError(outcome: string, output: string): string {
  const line = output.split('\n').find((text) => /error/i.test(text)) ?? output.trim().split('\n')[0] ?? '';
  return outcome === 'exited' ? line.slice(0, 200) || 'it wrote no declarations' : `it ${outcome.replaceAll('_', ' ')}`;
}

/** Sources of all public entries that have one, and the entries that have none. */
export function sourcesOf(dir: string, package_dir: string, entries: readonly PublicEntry[]): { sources: string[]; without: string[] } {
  const code = entries.filter(({ target }) => /\.([cm]?[jt]sx?)$|(^|\/)[^.]+$/.test(target));
  const sources = new Set<string>();
  const without = new Set<string>();
  for (const { specifier, target } of code) {
    const source = sourceOf(dir, package_dir, target);
    if (source === null) without.add(specifier);
    else sources.add(source);
  }
  return {
    sources: [...sources].toSorted(),
    without: [...without].filter(
      (name) => !code.some((entry) => entry.specifier === name && sourceOf(dir, package_dir, entry.target) !== null),
    ),
  };
}
