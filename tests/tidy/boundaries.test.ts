import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { imports, isTest, packageOf, ROOT, rank, type SourceFile, sources, trackedPaths } from './tree.ts';

const files = sources(['.ts']);
const packages = new Map(
  trackedPaths()
    .filter((path) => path.endsWith('/package.json'))
    .flatMap((path) => {
      const owner = packageOf(path);
      return owner && path === `${owner.dir}/package.json` ? [[owner.name, owner] as const] : [];
    }),
);

interface Arrow {
  from: string;
  to: string;
  file: SourceFile;
  line: number;
}

const arrows: Arrow[] = files.flatMap((file) =>
  imports(file).flatMap(({ specifier, line }) => {
    const from = packageOf(file.path);
    const to = /^@codeoptima\/[^/]+/.exec(specifier)?.[0];
    return from && to ? [{ from: from.name, to, file, line }] : [];
  }),
);
const at = (arrow: Arrow): string => `${arrow.file.path}:${arrow.line} imports ${arrow.to}`;

test('arrows between layers point down only', () => {
  const wrong = arrows.filter(({ from, to, file }) => {
    const a = packages.get(from);
    const b = packages.get(to);
    return a && b && b.layer !== 'testkit' && rank(b.layer) > rank(a.layer) && !isTest(file.path);
  });
  assert.deepEqual(wrong.map(at), []);
});

test('a service is imported by nobody', () => {
  const wrong = arrows.filter(({ from, to, file }) => packages.get(to)?.layer === 'services' && from !== to && !isTest(file.path));
  assert.deepEqual(wrong.map(at), []);
});

test('testkit is imported by tests alone', () => {
  const wrong = arrows.filter(({ from, to, file }) => to === '@codeoptima/testkit' && from !== to && !isTest(file.path));
  assert.deepEqual(wrong.map(at), []);
});

test('no import reaches into another package', () => {
  const wrong = files.flatMap((file) =>
    imports(file)
      .filter(({ specifier }) => {
        const owner = packageOf(file.path);
        if (!owner || !specifier.startsWith('.')) return /^@codeoptima\/[^/]+\/src\//.test(specifier);
        const target = join(file.path, '..', specifier);
        return packageOf(target)?.dir !== owner.dir && !isTest(file.path);
      })
      .map(({ specifier, line }) => `${file.path}:${line} imports ${specifier}`),
  );
  assert.deepEqual(wrong, []);
});

test('packages form no cycle', () => {
  const edges = new Map<string, Set<string>>();
  for (const { from, to, file } of arrows) {
    if (from === to || isTest(file.path)) continue;
    edges.set(from, (edges.get(from) ?? new Set()).add(to));
  }
  const done = new Set<string>();
  const walk = (name: string, path: string[]): string[] | null => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return null;
    for (const next of edges.get(name) ?? []) {
      const cycle = walk(next, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return null;
  };
  for (const name of edges.keys()) assert.equal(walk(name, []), null);
});

test('core does no input or output', () => {
  const banned = /^node:(fs|net|http|https|child_process|worker_threads|dgram|tls|inspector)(\/|$)/;
  // Loaders of the packages' own data files: a catalogue, a workflow, a schema.
  const loaders = /^libs\/core\/(rules|workflow|embedding)\/src\/(load[^/]*|[^/]*-loader)\.ts$/;
  const wrong = files
    .filter((file) => packageOf(file.path)?.layer === 'core' && !isTest(file.path) && !loaders.test(file.path))
    .flatMap((file) =>
      imports(file)
        .filter(({ specifier }) => banned.test(specifier))
        .map(({ specifier, line }) => `${file.path}:${line} ${specifier}`),
    );
  assert.deepEqual(wrong, []);
});

test('domain/ of a service imports no adapter', () => {
  const wrong = files
    .filter((file) => /^services\/[^/]+\/src\/domain\//.test(file.path))
    .flatMap((file) =>
      imports(file)
        .filter(({ specifier }) => specifier.includes('/adapters/'))
        .map(({ line }) => `${file.path}:${line}`),
    );
  assert.deepEqual(wrong, []);
});

test('every import of a package is declared in the package.json of its own', () => {
  const wrong = arrows.filter(({ from, to, file }) => {
    const owner = packageOf(file.path);
    if (!owner || from === to) return false;
    const manifest = JSON.parse(readFileSync(join(ROOT, owner.dir, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string> | undefined
    >;
    return !(to in { ...manifest['dependencies'], ...(isTest(file.path) ? manifest['devDependencies'] : {}) });
  });
  assert.deepEqual(wrong.map(at), []);
});
