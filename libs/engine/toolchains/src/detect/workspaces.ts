import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { allDependencies, type Manifest, readManifest } from './manifest.ts';

export interface WorkspacePackage {
  /** Relative to the repository's root; '' is the root itself. */
  dir: string;
  manifest: Manifest;
}

const PnpmWorkspace = z.looseObject({ packages: z.array(z.string()).catch([]).default([]) });

async function patterns(root: string, manifest: Manifest): Promise<string[]> {
  const text = await readFile(join(root, 'pnpm-workspace.yaml'), 'utf8').catch(() => null);
  const parsed = text === null ? null : PnpmWorkspace.safeParse(parse(text));
  return [...manifest.workspaces, ...(parsed?.success === true ? parsed.data.packages : [])];
}

/** The packages of a workspace without its root, by folder. Patterns that start with `!` take packages out again. */
export async function workspacePackages(root: string, manifest: Manifest): Promise<WorkspacePackage[]> {
  const all = await patterns(root, manifest);
  const clean = (pattern: string): string => pattern.replace(/^\.\//, '').replace(/\/+$/, '');
  const wanted = all.filter((pattern) => !pattern.startsWith('!')).map((pattern) => `${clean(pattern)}/package.json`);
  const excluded = all.filter((pattern) => pattern.startsWith('!')).map((pattern) => `${clean(pattern.slice(1))}/package.json`);
  const folders = new Set<string>();
  for await (const file of glob(wanted, { cwd: root, exclude: [...excluded, '**/node_modules/**'] })) folders.add(dirname(file));
  folders.delete('.');
  const sorted = [...folders].sort();
  return await Promise.all(sorted.map(async (dir) => ({ dir, manifest: await readManifest(join(root, dir), dir) })));
}

/** The packages of the workspace that `dir` needs, each after those it needs itself, `dir` last. */
export function withDependencies(dir: string, packages: readonly WorkspacePackage[]): WorkspacePackage[] {
  const byName = new Map(packages.map((each) => [each.manifest.name, each]));
  const ordered: WorkspacePackage[] = [];
  const seen = new Set<string>();
  const visit = (each: WorkspacePackage): void => {
    if (seen.has(each.dir)) return;
    seen.add(each.dir);
    for (const name of Object.keys(allDependencies(each.manifest)).sort()) {
      const needed = byName.get(name);
      if (needed) visit(needed);
    }
    ordered.push(each);
  };
  const start = packages.find((each) => each.dir === dir);
  if (start) visit(start);
  return ordered;
}
