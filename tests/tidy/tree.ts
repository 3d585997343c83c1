import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** One source file of ours: text that people wrote, not generated, not a fixture. */
export interface SourceFile {
  path: string;
  text: string;
  lines: number;
}

const NOT_OURS = /(^|\/)(gen|fixtures|node_modules|dist)\/|^examples\/|^tests\/adversarial\/[^/]+\/.+\/|_pb\.ts$/;

/** Paths that git tracks, or would track, relative to the root. */
export function trackedPaths(): string[] {
  const out = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, maxBuffer: 1 << 26 });
  return out.toString('utf8').split('\0').filter(Boolean);
}

/** Our source files with one of the given endings. */
export function sources(endings: readonly string[]): SourceFile[] {
  return trackedPaths()
    .filter((path) => endings.some((ending) => path.endsWith(ending)) && !NOT_OURS.test(path))
    .flatMap((path) => {
      const text = read(path);
      return text === null ? [] : [{ path, text, lines: text.split('\n').length }];
    });
}

function read(path: string): string | null {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return null; // deleted in the working tree
  }
}

export const isTest = (path: string): boolean => /\.test\.tsx?$|_test\.cc$|^tests\//.test(path);

/** Layers, lowest first; an arrow may point to the same layer or down. */
const LAYERS = ['core', 'platform', 'engine', 'clients', 'services'] as const;
export type Layer = (typeof LAYERS)[number] | 'testkit';

/** The package a path lies in: its folder, name and layer; null outside libs/ and services/. */
export function packageOf(path: string): { dir: string; name: string; layer: Layer } | null {
  const lib = /^libs\/(core|platform|engine|clients)\/([^/]+)\//.exec(path);
  if (lib) return { dir: `libs/${lib[1]}/${lib[2]}`, name: `@codeoptima/${lib[2]}`, layer: lib[1] as Layer };
  if (path.startsWith('libs/testkit/')) return { dir: 'libs/testkit', name: '@codeoptima/testkit', layer: 'testkit' };
  const service = /^services\/([^/]+)\//.exec(path);
  if (service) return { dir: `services/${service[1]}`, name: `@codeoptima/${service[1]}`, layer: 'services' };
  return null;
}

export const rank = (layer: Layer): number => (layer === 'testkit' ? LAYERS.length : LAYERS.indexOf(layer));

/** Module specifiers a TypeScript source imports or exports from, with their line. */
export function imports(source: SourceFile): { specifier: string; line: number }[] {
  const found: { specifier: string; line: number }[] = [];
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^;'"`]*?from\s+['"]([^'"]+)['"]|(?:^|\n)\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
  for (const match of source.text.matchAll(pattern)) {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    found.push({ specifier, line: source.text.slice(0, match.index + match[0].length).split('\n').length });
  }
  return found;
}
