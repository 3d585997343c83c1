import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { refuse, scriptArguments } from '../../scripts/script-arguments.ts';
import { type Case, FULL, MILLION, nameOf, QUICK } from './cases.ts';
import { report } from './report.ts';
import { type Absent, cache, commandOf, programs, root, setUp } from './setup.ts';
import { measureWire } from './wire.ts';

const PHASES = ['data', 'build', 'search', 'wire', 'recover', 'report'] as const;

const HELP = `usage: npm run bench:memory -- [--full|--million] [--phase LIST] [--case LIST] [--peer LIST] [--rounds N] [--no-setup] [--report FILE]

The memory benchmark: our engine and its peers on the same data, one table. Quick by default: 20,000 rows, a few minutes.

  --full            100,000 rows at 128, 768 and 1536 dimensions; hours on a shared machine
  --million         1,000,000 x 128
  --phase LIST      some of ${PHASES.join(',')}; results of the others are kept from before
  --case LIST       some cases only, such as A-100000x768
  --peer LIST       some engines only, such as ours,hnswlib
  --rounds N        rounds of each search (5)
  --no-setup        everything is installed and built already
  --report FILE     also write the table there`;

const { values } = scriptArguments({
  name: 'npm run bench:memory',
  help: HELP,
  options: {
    full: { type: 'boolean', default: false },
    million: { type: 'boolean', default: false },
    phase: { type: 'string', default: 'data,build,search,wire,recover,report' },
    case: { type: 'string' },
    peer: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    report: { type: 'string' },
    'no-setup': { type: 'boolean', default: false },
  },
  numbers: ['rounds'],
  choices: { phase: PHASES },
});

const mode = values.full ? 'full' : values.million ? 'million' : 'quick';
const cases = (values.full ? FULL : values.million ? MILLION : QUICK).filter(
  (one) => values.case === undefined || values.case.split(',').includes(nameOf(one)),
);
const results = join(cache, 'results', mode);
const phases = new Set(values.phase.split(','));
if (cases.length === 0) refuse('npm run bench:memory', `there is no case '${values.case}' in this size`);
const chosen = (peer: string) => values.peer === undefined || values.peer.split(',').includes(peer);

const dataOf = (one: Case) => join(cache, 'data', nameOf(one));
const indexOf = (one: Case, peer: string) => join(cache, 'index', `${nameOf(one)}-${peer}`);
const resultOf = (one: Case, name: string) => join(results, `${nameOf(one)}.${name}.jsonl`);

function bytesOf(path: string): number {
  const told = spawnSync('du', ['-sb', path], { encoding: 'utf8' });
  return Number(told.stdout.split('\t')[0]);
}

/** Runs a program and keeps its lines; a failure is kept as a line of its own, so that the table can tell. */
function record(file: string, command: readonly string[]): void {
  process.stderr.write(`bench: ${command.join(' ')}\n`);
  const [program = '', ...args] = command;
  const done = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
  const lines = done.stdout ?? '';
  writeFileSync(file, lines);
  if (done.status === 0) return;
  const why = `${done.stderr ?? ''}${done.error?.message ?? ''}`.trim().split('\n').slice(-2).join(' ');
  process.stderr.write(`bench: failed: ${why}\n`);
  appendFileSync(file, `${JSON.stringify({ what: 'failed', why: why.slice(0, 300) })}\n`);
}

function makeData(one: Case): void {
  const out = dataOf(one);
  if (existsSync(join(out, 'meta'))) return;
  const flags = {
    set: one.set,
    rows: one.rows,
    dimension: one.dimension,
    queries: one.queries,
    seed: 20261,
    text: join(root, 'node_modules'),
    out,
  };
  record(resultOf(one, 'data'), [
    join(programs, 'generate'),
    ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ]);
}

function build(one: Case, peer: string): void {
  const index = indexOf(one, peer);
  mkdirSync(join(cache, 'index'), { recursive: true });
  const tier = peer === 'ours-project' ? ['--tier', 'project'] : [];
  const modules = ['--modules', join(cache, 'node')];
  record(resultOf(one, `${peer}.build`), [...commandOf(peer), 'build', '--data', dataOf(one), '--index', index, ...tier, ...modules]);
  if (existsSync(index))
    appendFileSync(
      resultOf(one, `${peer}.build`),
      `${JSON.stringify({ what: 'disk', bytes: statSync(index).isFile() ? statSync(index).size : bytesOf(index) })}\n`,
    );
}

function search(one: Case, peer: string): void {
  const modules = ['--modules', join(cache, 'node')];
  // One core for everybody: engines that start threads of their own gain nothing by it.
  const command = [
    'taskset',
    '-c',
    '1',
    ...commandOf(peer),
    'search',
    '--data',
    dataOf(one),
    '--index',
    indexOf(one, peer),
    '--rounds',
    values.rounds,
    ...modules,
  ];
  record(resultOf(one, `${peer}.search`), command);
}

function recover(): void {
  for (const [rows, dimension] of mode === 'quick' ? [[100_000, 128]] : [[1_000_000, 128]]) {
    const index = join(cache, 'index', 'recover');
    record(join(results, 'recover.jsonl'), [
      join(programs, 'engine_bench'),
      'recover',
      '--rows',
      String(rows),
      '--dimension',
      String(dimension),
      '--index',
      index,
    ]);
    rmSync(index, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  mkdirSync(results, { recursive: true });
  const absent: Absent = values['no-setup'] ? new Map() : setUp();
  writeFileSync(
    join(results, 'machine.json'),
    JSON.stringify({ load: loadavg(), cpu: readFileSync('/proc/cpuinfo', 'utf8').match(/model name\s*: (.*)/)?.[1] }),
  );
  for (const one of cases) {
    if (phases.has('data')) makeData(one);
    for (const peer of one.peers.filter(chosen)) if (phases.has('build')) build(one, peer);
    for (const peer of one.peers.filter(chosen)) if (phases.has('search')) search(one, peer);
    if (phases.has('wire') && one.peers.includes('ours') && one.set === 'A') await measureWire(dataOf(one), resultOf(one, 'wire'));
  }
  if (phases.has('recover')) recover();
  if (!phases.has('report')) return;
  const table = report(results, cases, absent);
  process.stdout.write(table);
  if (values.report !== undefined) writeFileSync(values.report, table);
}

await main();
