/** The benchmark's parts: each runs alone, in any order that gives it what it builds on, and keeps its lines in a file of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { type Case, nameOf } from './cases.ts';
import { cache, commandOf, programs, root } from './setup.ts';
import { measureWire } from './wire.ts';

export const PHASES = ['data', 'build', 'search', 'beside', 'wire', 'recover'] as const;
export type Phase = (typeof PHASES)[number];

export interface Part {
  readonly phase: Phase;
  readonly name: string;
  /** Where its lines are kept. */
  readonly file: string;
  run(): Promise<void>;
}

export interface PartOptions {
  readonly results: string;
  readonly rounds: string;
  /** The core everybody's searches are pinned to: engines that start threads of their own gain nothing by it. */
  readonly core: string;
  /** Rows and dimension of the recoveries. */
  readonly recoveries: readonly (readonly [number, number])[];
  chosen(peer: string): boolean;
}

const dataOf = (one: Case) => join(cache, 'data', nameOf(one));
const indexOf = (one: Case, peer: string) => join(cache, 'index', `${nameOf(one)}-${peer}`);

export const wireFile = (results: string, one: Case): string => join(results, `${nameOf(one)}.wire.jsonl`);

function bytesOf(path: string): number {
  if (statSync(path).isFile()) return statSync(path).size;
  const told = spawnSync('du', ['-sb', path], { encoding: 'utf8' });
  return Number(told.stdout.split('\t')[0]);
}

/** Keeps lines, and how busy the machine was; the file appears whole or not at all. */
function keep(file: string, lines: string, more: readonly Record<string, unknown>[] = []): void {
  const extra = [...more, { what: 'machine', load: loadavg()[0], at: new Date().toISOString() }];
  writeFileSync(`${file}.tmp`, `${lines}${extra.map((line) => `${JSON.stringify(line)}\n`).join('')}`);
  renameSync(`${file}.tmp`, file);
}

/** Runs a program; a failure is kept as a line of its own, so that the table can tell and the part is run again. */
function record(file: string, command: readonly string[], after: () => readonly Record<string, unknown>[] = () => []): void {
  process.stderr.write(`bench: ${command.join(' ')}\n`);
  const [program = '', ...args] = command;
  const done = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
  if (done.status === 0) return keep(file, done.stdout, after());
  const why = `${done.stderr ?? ''}${done.error?.message ?? ''}`.trim().split('\n').slice(-2).join(' ');
  process.stderr.write(`bench: failed: ${why}\n`);
  keep(file, done.stdout ?? '', [{ what: 'failed', why: why.slice(0, 300) }]);
}

export const isKept = (part: Part): boolean => existsSync(part.file) && !readFileSync(part.file, 'utf8').includes('"what":"failed"');

const flagsOf = (flags: Record<string, string | number>): string[] =>
  Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);

function dataPart(one: Case): Part {
  const out = dataOf(one);
  const run = async () => {
    if (existsSync(join(out, 'meta'))) return;
    mkdirSync(join(cache, 'data'), { recursive: true });
    const flags = { set: one.set, rows: one.rows, dimension: one.dimension, queries: one.queries, seed: 20261 };
    const made = [join(programs, 'generate'), ...flagsOf({ ...flags, text: join(root, 'node_modules'), out })];
    record(`${out}.jsonl`, made);
  };
  return { phase: 'data', name: `${nameOf(one)} data`, file: join(out, 'meta'), run };
}

function buildPart(one: Case, peer: string, options: PartOptions): Part {
  const file = join(options.results, `${nameOf(one)}.${peer}.build.jsonl`);
  const index = indexOf(one, peer);
  const run = async () => {
    mkdirSync(join(cache, 'index'), { recursive: true });
    const tier: Record<string, string> = peer === 'ours-project' ? { tier: 'project' } : {};
    const command = [...commandOf(peer), 'build', ...flagsOf({ data: dataOf(one), index, ...tier, modules: join(cache, 'node') })];
    record(file, command, () => (existsSync(index) ? [{ what: 'disk', bytes: bytesOf(index) }] : []));
  };
  return { phase: 'build', name: `${nameOf(one)} ${peer} build`, file, run };
}

function searchPart(one: Case, peer: string, options: PartOptions): Part {
  const file = join(options.results, `${nameOf(one)}.${peer}.search.jsonl`);
  const flags = { data: dataOf(one), index: indexOf(one, peer), rounds: options.rounds, modules: join(cache, 'node') };
  const run = async () => record(file, ['taskset', '-c', options.core, ...commandOf(peer), 'search', ...flagsOf(flags)]);
  return { phase: 'search', name: `${nameOf(one)} ${peer} search`, file, run };
}

function wirePart(one: Case, options: PartOptions): Part {
  const file = wireFile(options.results, one);
  const run = async () => {
    const done = await measureWire(dataOf(one));
    keep(file, done.lines, done.failure === undefined ? [] : [{ what: 'failed', why: done.failure }]);
  };
  return { phase: 'wire', name: `${nameOf(one)} wire`, file, run };
}

/** Not pinned: a writer, a searcher and the engine's own threads share what cores the process may use. */
function besidePart(one: Case, options: PartOptions): Part {
  const file = join(options.results, `${nameOf(one)}.beside.jsonl`);
  const index = indexOf(one, 'beside');
  const run = async () => {
    mkdirSync(join(cache, 'index'), { recursive: true });
    record(file, [join(programs, 'engine_bench'), 'beside', ...flagsOf({ data: dataOf(one), index, rounds: options.rounds })]);
    rmSync(index, { recursive: true, force: true });
  };
  return { phase: 'beside', name: `${nameOf(one)} writers beside a searcher`, file, run };
}

function recoverPart(rows: number, dimension: number, options: PartOptions): Part {
  const file = join(options.results, `recover-${rows}x${dimension}.jsonl`);
  const index = join(cache, 'index', `recover-${rows}x${dimension}`);
  const run = async () => {
    mkdirSync(join(cache, 'index'), { recursive: true });
    record(file, [join(programs, 'engine_bench'), 'recover', ...flagsOf({ rows, dimension, index })]);
    rmSync(index, { recursive: true, force: true });
  };
  return { phase: 'recover', name: `recovery of ${rows} x ${dimension}`, file, run };
}

/** In an order in which each finds what it needs; our own engine first. */
export function partsOf(cases: readonly Case[], options: PartOptions): Part[] {
  const ofCases = cases.flatMap((one) => {
    const peers = one.peers.filter((peer) => options.chosen(peer));
    const own = one.set === 'A' && peers.includes('ours') ? [besidePart(one, options), wirePart(one, options)] : [];
    return [dataPart(one), ...peers.flatMap((peer) => [buildPart(one, peer, options), searchPart(one, peer, options)]), ...own];
  });
  return [...ofCases, ...options.recoveries.map(([rows, dimension]) => recoverPart(rows, dimension, options))];
}
