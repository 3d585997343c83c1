import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse, scriptArguments } from '../scripts/script-arguments.ts';
import { isMet, machine, markdown, type Result, type Row } from './table.ts';

// Loaded when they are measured: --help is answered at once.
const PARTS: Record<string, { title: string; about: string; measure: (from_kept: boolean) => Promise<Row[]> }> = {
  fleet: {
    title: 'Fleet',
    about:
      'Time from `codeoptima up` until every part is ready, and memory once it is at rest. Resident memory counts shared pages in each process.',
    measure: async () => (await import('./fleet/measure.ts')).measureFleet(5),
  },
  planner: {
    title: 'Planner',
    about:
      'A hop is the time from the call that completes an item to the answer that hands out the next one of the run: commit, outbox, wake-up over the bus, claim, commit. Decisions are events, items, timers and outbox rows with a commit each, synced to disk.',
    measure: async () => (await import('./planner/measure.ts')).measurePlanner(600, 10),
  },
  run: {
    title: 'A whole run',
    about:
      "The example, optimised on a fleet of its own. Own share is the wall time between the start and the report that the run's events do not count as build, test or measurement in a sandbox; the searches for hot spots and the verification count as measurement as a whole.",
    measure: async () => (await import('./run/measure.ts')).measureRun(),
  },
  'false-wins': {
    title: 'False wins',
    about: 'Code certified against itself, as it is and with other comments and blank lines. The interval is that of Clopper and Pearson.',
    measure: async (from_kept) => (await import('./verifier/false-wins-row.ts')).measureFalseWins(100, from_kept),
  },
};

const HELP = `usage: npm run bench [-- PART… [--kept] [--write]]

Measures the project's speed and size and prints tables with intervals and targets. Without PART all of them, which takes about half an
hour; leave the machine alone meanwhile. Exit code 1 when a target is missed.

  PART       ${Object.keys(PARTS).join(', ')}
  --kept     count the rows of unchanged code that bench/results holds already, and measure only those that are missing
  --write    keep the figures in bench/results, and write docs/benchmarks.md from all that is kept there

The memory has a benchmark of its own (npm run bench:memory), and so has the verifier (npm run exam, bench/verifier).`;

const { values, positionals } = scriptArguments({
  name: 'npm run bench',
  help: HELP,
  options: { kept: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
  positionals_max: Number.POSITIVE_INFINITY,
});
const wanted = positionals.length > 0 ? positionals : Object.keys(PARTS);
const unknown = wanted.find((part) => PARTS[part] === undefined);
if (unknown !== undefined) refuse('npm run bench', `there is no part '${unknown}'; there are ${Object.keys(PARTS).join(', ')}`);

const folder = join(import.meta.dirname, 'results');
const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
const measured: Row[] = [];
for (const part of wanted) {
  const result: Result = { part, date: new Date().toISOString().slice(0, 10), commit, machine: machine(values.kept), rows: [] };
  process.stderr.write(`${part} …\n`);
  result.rows = (await PARTS[part]?.measure(values.kept)) ?? [];
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
