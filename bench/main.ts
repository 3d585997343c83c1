// Every figure of the project's speed and size in one table.
//   npm run bench [-- fleet planner run false-wins] [--write]
// Without names all parts run, which takes about half an hour; leave the machine alone meanwhile. --write keeps the figures in
// bench/results and writes docs/benchmarks.md from all that is kept there. Exit code 1 when a target is missed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureFleet } from './fleet/measure.ts';
import { measurePlanner } from './planner/measure.ts';
import { measureRun } from './run/measure.ts';
import { isMet, machine, markdown, type Result, type Row } from './table.ts';
import { measureFalseWins } from './verifier/false-wins-row.ts';

const PARTS: Record<string, { title: string; about: string; measure: () => Promise<Row[]> }> = {
  fleet: {
    title: 'Fleet',
    about:
      'Time from `codeoptima up` until every part is ready, and memory once it is at rest. Resident memory counts shared pages in each process.',
    measure: () => measureFleet(5),
  },
  planner: {
    title: 'Planner',
    about:
      'A hop is the time from the call that completes an item to the answer that hands out the next one of the run: commit, outbox, wake-up over the bus, claim, commit. Decisions are events, items, timers and outbox rows with a commit each, synced to disk.',
    measure: () => measurePlanner(600, 10),
  },
  run: {
    title: 'A whole run',
    about:
      "The example, optimised on a fleet of its own. Own share is the wall time between the start and the report that the run's events do not count as build, test or measurement in a sandbox; the searches for hot spots and the verification count as measurement as a whole.",
    measure: () => measureRun(),
  },
  'false-wins': {
    title: 'False wins',
    about: 'Code certified against itself, as it is and with other comments and blank lines. The interval is that of Clopper and Pearson.',
    measure: () => measureFalseWins(100),
  },
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean', default: false } } });
const wanted = positionals.length > 0 ? positionals : Object.keys(PARTS);
const unknown = wanted.find((part) => PARTS[part] === undefined);
if (unknown !== undefined) throw new Error(`there is no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);

const folder = join(import.meta.dirname, 'results');
const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
const measured: Row[] = [];
for (const part of wanted) {
  const result: Result = { part, date: new Date().toISOString().slice(0, 10), commit, machine: machine(), rows: [] };
  process.stderr.write(`${part} …\n`);
  result.rows = (await PARTS[part]?.measure()) ?? [];
  measured.push(...result.rows);
  console.log(`\n${PARTS[part]?.title}: ${result.machine}\n\n${markdown(result.rows)}`);
  if (!values.write) continue;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${part}.json`), `${JSON.stringify(result, null, 2)}\n`);
}
if (values.write) writeFileSync(join(import.meta.dirname, '../docs/benchmarks.md'), page());
process.exitCode = measured.every(isMet) ? 0 : 1;

function page(): string {
  const kept = new Set(readdirSync(folder));
  const sections = Object.entries(PARTS).flatMap(([part, { title, about }]) => {
    if (!kept.has(`${part}.json`)) return [];
    const result = JSON.parse(readFileSync(join(folder, `${part}.json`), 'utf8')) as Result;
    return [
      `## ${title}\n\n${about}\n\nMeasured ${result.date} at \`${result.commit}\` on ${result.machine}.\n\n${markdown(result.rows)}\n`,
    ];
  });
  return `# Benchmarks

Written by \`npm run bench -- --write\`; the same command repeats every figure. Intervals are 95 % unless the column says otherwise.

${sections.join('\n')}`;
}
