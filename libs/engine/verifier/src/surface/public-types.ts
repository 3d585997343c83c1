import { plural } from '@codeoptima/contracts';
import { join, posix } from 'node:path';
import { type Compiler, findCompiler } from './compiler.ts';
import { declarationClosure, declarationNames, readInside } from './declaration-files.ts';
import { compareDeclarations } from './declarations.ts';
import { emitDeclarations, sourcesOf } from './emitted.ts';
import { publicEntries } from './public-entries.ts';

export interface PublicTypesRequest {
  base_dir: string;
  candidate_dir: string;
  package_dir: string;
  changed_files: readonly string[];
  /** Folder for what the compiler writes. */
  workdir: string;
  unsafe_no_sandbox: boolean;
  signal: AbortSignal;
}

export interface PublicTypes {
  /** Differences a caller's compiler could notice, one sentence each. */
  differences: string[];
  /** What was compared, for people; null when the package offers no types. */
  compared: string | null;
  /** Public types that could not be compared, with the reason. */
  not_covered: string[];
}

const TYPESCRIPT = /\.[cm]?tsx?$/;
const DECLARATION = /\.d\.[cm]?ts$/;

const manifestOf = (dir: string, package_dir: string): string => readInside(dir, posix.join(package_dir, 'package.json')) ?? '{}';

/** Declaration files that a package ships, as they stand in a tree: specifier and file → text. */
function shipped(dir: string, package_dir: string): Map<string, string> {
  const root = join(dir, package_dir);
  const starts = publicEntries(root, manifestOf(dir, package_dir)).flatMap(({ target }) => declarationNames(target));
  return declarationClosure(root, [...new Set(starts)].toSorted());
}

/** Names under which the package can be imported. */
function compareEntries({ base_dir, candidate_dir, package_dir }: PublicTypesRequest): string[] {
  const names = (dir: string): Set<string> =>
    new Set(publicEntries(join(dir, package_dir), manifestOf(dir, package_dir)).map(({ specifier }) => specifier));
  const [before, after] = [names(base_dir), names(candidate_dir)];
  return [
    ...[...before].filter((name) => !after.has(name)).map((name) => `package.json: the entry ${name} is gone.`),
    ...[...after].filter((name) => !before.has(name)).map((name) => `package.json: the entry ${name} is new.`),
  ];
}

/** Declaration files that the manifest names and that are not there, built or not. */
function unshipped(dir: string, package_dir: string): string[] {
  return publicEntries(join(dir, package_dir), manifestOf(dir, package_dir))
    .filter(({ target }) => DECLARATION.test(target) && readInside(dir, posix.join(package_dir, target)) === null)
    .map(({ specifier, target }) => `types of the entry ${specifier}: ${target} is not there`);
}

function compareFiles(base: ReadonlyMap<string, string>, candidate: ReadonlyMap<string, string>, not_covered: string[]): string[] {
  const differences: string[] = [];
  for (const [file, text] of base) {
    const now = candidate.get(file);
    if (now === undefined) {
      differences.push(`${file}: the declarations are gone.`);
      continue;
    }
    try {
      differences.push(...compareDeclarations(file, text, now));
    } catch (error) {
      not_covered.push(`types of ${file}: not readable (${error instanceof Error ? error.message.split('\n')[0] : String(error)})`);
    }
  }
  for (const file of candidate.keys()) if (!base.has(file)) differences.push(`${file}: the declarations are new.`);
  return differences;
}

/** Compares the types a package offers: the declaration files it ships, and those a compiler writes for changed TypeScript. */
export async function comparePublicTypes(request: PublicTypesRequest): Promise<PublicTypes> {
  const { base_dir, candidate_dir, package_dir, changed_files } = request;
  const not_covered: string[] = [];
  const [before, after] = [shipped(base_dir, package_dir), shipped(candidate_dir, package_dir)];
  const differences = [...compareEntries(request), ...compareFiles(before, after, not_covered)];
  const compared = before.size > 0 ? [plural(before.size, 'shipped declaration file')] : [];
  if (!changed_files.some((file) => TYPESCRIPT.test(file) && !DECLARATION.test(file)))
    return { differences, compared: compared[0] ?? null, not_covered: [...not_covered, ...unshipped(base_dir, package_dir)] };
  const compiler = findCompiler(base_dir, package_dir, request.unsafe_no_sandbox);
  const emitted = await compareEmitted(request, compiler, not_covered);
  if (emitted === null) not_covered.push(...unshipped(base_dir, package_dir));
  else compared.push(`the declarations that ${compiler.name} writes for ${plural(emitted.entries, 'entry file')}`);
  const all = new Set([...differences, ...(emitted?.differences ?? [])]);
  return { differences: [...all], compared: compared.length > 0 ? compared.join(' and ') : null, not_covered };
}

async function compareEmitted(
  request: PublicTypesRequest,
  compiler: Compiler,
  not_covered: string[],
): Promise<{ differences: string[]; entries: number } | null> {
  const { base_dir, candidate_dir, package_dir } = request;
  const entries = publicEntries(join(base_dir, package_dir), manifestOf(base_dir, package_dir));
  const { sources, without } = sourcesOf(base_dir, package_dir, entries);
  for (const name of without) not_covered.push(`types of the entry ${name}: no TypeScript source of it was found`);
  if (sources.length === 0) return null;
  const base = await emitDeclarations({ ...request, dir: base_dir, sources, compiler });
  if ('failed' in base) {
    not_covered.push(`types: ${compiler.name} writes no declarations for the base (${base.failed})`);
    return null;
  }
  for (const path of base.missing) not_covered.push(`types of ${path}: ${compiler.name} wrote none for the base`);
  const candidate = await emitDeclarations({ ...request, dir: candidate_dir, sources, compiler });
  if ('failed' in candidate)
    return { differences: [`${compiler.name} writes no declarations with the change: ${candidate.failed}.`], entries: sources.length };
  return { differences: compareFiles(base.files, candidate.files, not_covered), entries: sources.length };
}
