import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Toolchain } from '@codeoptima/contracts';
import { detectToolchain } from './detect-toolchain.ts';
import { withDependencies, workspacePackages } from './workspaces.ts';
import { readManifest } from './manifest.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'detect-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function detect(files: Record<string, string | object>, wanted?: string): Promise<Toolchain> {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return (await detectToolchain(folder, { package: wanted })).toolchain;
}

const tested = (more: object = {}): object => ({ name: 'root', scripts: { test: 'node --test' }, ...more });

test('the package manager: field before lock file before npm', async () => {
  const manager = async (files: Record<string, string | object>): Promise<string> => {
    const { name, version } = (await detect(files)).package_manager;
    return `${name}@${version}`;
  };
  assert.equal(await manager({ 'package.json': tested() }), 'npm@null');
  assert.equal(await manager({ 'package.json': tested(), 'yarn.lock': '' }), 'yarn@null');
  assert.equal(await manager({ 'package.json': tested(), 'pnpm-lock.yaml': '' }), 'pnpm@null');
  assert.equal(
    await manager({ 'package.json': tested({ packageManager: 'pnpm@9.1.2+sha512.abc' }), 'package-lock.json': '{}' }),
    'pnpm@9.1.2',
  );
});

test('module format, TypeScript, build and type check', async () => {
  const found = await detect({
    'package.json': tested({ type: 'module', devDependencies: { typescript: '5.9.2' }, scripts: { test: 'ava', build: 'tsc' } }),
    'tsconfig.json': '{}',
  });
  assert.deepEqual([found.module_format, found.typescript, found.build_script, found.framework], ['esm', true, 'build', 'ava']);
  assert.match(found.typecheck_command ?? '', /^tsc --noEmit/);
  const plain = await detect({ 'package.json': tested() });
  assert.deepEqual([plain.module_format, plain.typescript, plain.build_script, plain.typecheck_command], ['commonjs', false, null, null]);
});

test('workspaces: by name, by folder, the only one with tests, without those taken out', async () => {
  const files = {
    'package.json': { name: 'root', workspaces: { packages: ['./packages/*/', '!packages/old'] } },
    'packages/a/package.json': { name: '@x/a', scripts: { test: 'mocha' }, dependencies: { '@x/b': '*' } },
    'packages/b/package.json': { name: '@x/b' },
    'packages/old/package.json': 'broken',
  };
  assert.equal((await detect(files)).package_dir, 'packages/a');
  assert.equal((await detect(files, '@x/a')).package_dir, 'packages/a');
  assert.equal((await detect(files, './packages/a/')).package_name, '@x/a');
  await assert.rejects(detect(files, '@x/c'), /no package '@x\/c'\. It has: @x\/a, @x\/b/);
  await assert.rejects(detect(files, '@x/b'), /packages\/b\/package\.json has no test script/);
  const packages = await workspacePackages(folder, await readManifest(folder));
  assert.deepEqual(
    withDependencies('packages/a', packages).map(({ dir }) => dir),
    ['packages/b', 'packages/a'],
  );
});

test('fields of a wrong type count as absent, a link for a manifest is refused', async () => {
  assert.equal(
    (await detect({ 'package.json': { name: 7, workspaces: 3, dependencies: [], scripts: { test: 'tape x' } } })).framework,
    'tape',
  );
  rmSync(join(folder, 'package.json'));
  symlinkSync('/etc/passwd', join(folder, 'package.json'));
  await assert.rejects(detectToolchain(folder), /package\.json is a symbolic link/);
});
