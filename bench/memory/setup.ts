/** Installs the peers into the benchmark's own cache folder and builds the C++ programs. Nothing here is a dependency of the product. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'codeoptima', 'bench-memory');
export const root = join(import.meta.dirname, '..', '..');
const sidecar = join(root, 'services', 'vector-sidecar');
export const programs = join(sidecar, 'build');

const NODE_PACKAGES = { '@zvec/zvec': '0.7.0', '@lancedb/lancedb': '0.39.0', 'sqlite-vec': '0.1.9', 'hnswlib-node': '3.0.0' };
const PYTHON_PACKAGES = ['numpy==2.4.6', 'usearch==2.26.6', 'faiss-cpu==1.15.1'];

/** Why a peer does not take part, by the package it comes from. */
export type Absent = ReadonlyMap<string, string>;

function run(command: string, args: readonly string[], cwd?: string): string | undefined {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (done.status === 0) return undefined;
  const said = `${done.stderr ?? ''}${done.error?.message ?? ''}`.trim().split('\n').at(-1);
  return `${command} ${args[0]}: ${said ?? `exit code ${done.status}`}`;
}

/** One package at a time, so that one that cannot be had does not take the others with it. */
function installPeers(): Map<string, string> {
  const absent = new Map<string, string>();
  const modules = join(cache, 'node');
  mkdirSync(modules, { recursive: true });
  if (!existsSync(join(modules, 'package.json'))) writeFileSync(join(modules, 'package.json'), '{ "private": true }\n');
  for (const [name, version] of Object.entries(NODE_PACKAGES)) {
    if (existsSync(join(modules, 'node_modules', name))) continue;
    const failed = run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', `${name}@${version}`], modules);
    if (failed !== undefined) absent.set(name, failed);
  }
  const python = join(cache, 'python');
  if (!existsSync(join(python, 'bin', 'pip'))) run('python3', ['-m', 'venv', python]);
  for (const wanted of PYTHON_PACKAGES) {
    const failed = run(join(python, 'bin', 'pip'), ['install', '-q', wanted]);
    if (failed !== undefined) absent.set(wanted.split('==')[0] ?? wanted, failed);
  }
  return absent;
}

/** Installs and builds; throws when our own programs cannot be built. */
export function setUp(): Absent {
  const absent = installPeers();
  const headers = join(cache, 'node', 'node_modules', 'hnswlib-node', 'src');
  const failed =
    run('sh', [join(sidecar, 'scripts', 'setup.sh')]) ??
    run('sh', [
      join(sidecar, 'scripts', 'build.sh'),
      programs,
      '-DSIDECAR_BENCH=ON',
      existsSync(headers) ? `-DSIDECAR_HNSWLIB=${headers}` : '-DSIDECAR_HNSWLIB=',
    ]);
  if (failed !== undefined) throw new Error(`the benchmark's programs were not built: ${failed}`);
  return absent;
}

/** The command line of one peer. */
export function commandOf(peer: string): readonly string[] {
  const node = (file: string) => [process.execPath, join(import.meta.dirname, file)];
  if (peer.startsWith('ours')) return [join(programs, 'engine_bench')];
  if (peer === 'hnswlib') return [join(programs, 'hnswlib_bench')];
  if (peer === 'zvec') return node('peer-zvec.ts');
  if (peer === 'sqlite-vec') return node('peer-sqlite-vec.ts');
  if (peer === 'lancedb') return node('peer-lancedb.ts');
  return [join(cache, 'python', 'bin', 'python'), join(import.meta.dirname, 'peers.py'), peer];
}
