import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse, scriptArguments } from '../../scripts/script-arguments.ts';
import { FULL, MILLION, nameOf, QUICK } from './cases.ts';
import { isKept, PHASES, partsOf } from './parts.ts';
import { report } from './report.ts';
import { type Absent, cache, setUp } from './setup.ts';

const STEPS = [...PHASES, 'report'] as const;

const HELP = `usage: npm run bench:memory -- [--full|--million] [--phase LIST] [--case LIST] [--peer LIST] [--rounds N] [--keep] [--minutes N]
                                   [--core N] [--list] [--no-setup] [--report FILE]

The memory benchmark: our engine and its peers on the same data, one table. Quick by default: 20,000 rows, a few minutes. The table is put
together from all results that are kept, whichever call they come from.

  --full            100,000 rows at 128, 768 and 1536 dimensions; hours on a shared machine
  --million         1,000,000 x 128, recovery of a million records, memory of a million x 768
  --phase LIST      some of ${STEPS.join(',')}; results of the others are kept from before.
                    beside: a writer and a searcher, each alone and beside the other
  --case LIST       some cases only, such as A-100000x768
  --peer LIST       some engines only, such as ours,hnswlib
  --rounds N        rounds of each search (5)
  --keep            what has a result already is not measured again
  --minutes N       begin no part after that; with --keep the next call goes on
  --core N          the core searches are pinned to (1)
  --list            say which parts there are and which have a result
  --no-setup        everything is installed and built already
  --report FILE     also write the table there`;

const { values } = scriptArguments({
  name: 'npm run bench:memory',
  help: HELP,
  options: {
    full: { type: 'boolean', default: false },
    million: { type: 'boolean', default: false },
    phase: { type: 'string', default: STEPS.join(',') },
    case: { type: 'string' },
    peer: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    keep: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    core: { type: 'string', default: '1' },
    list: { type: 'boolean', default: false },
    report: { type: 'string' },
    'no-setup': { type: 'boolean', default: false },
  },
  numbers: ['rounds', 'minutes', 'core'],
  choices: { phase: STEPS },
});

const mode = values.full ? 'full' : values.million ? 'million' : 'quick';
const all = { full: FULL, million: MILLION, quick: QUICK }[mode];
const recoveries = { full: [], million: [[1_000_000, 128] as const, [1_000_000, 768] as const], quick: [[100_000, 128] as const] }[mode];
const cases = all.filter((one) => values.case === undefined || values.case.split(',').includes(nameOf(one)));
if (cases.length === 0) refuse('npm run bench:memory', `there is no case '${values.case}' in this size`);
const results = join(cache, 'results', mode);
const phases = new Set(values.phase.split(','));

async function main(): Promise<void> {
  mkdirSync(results, { recursive: true });
  const parts = partsOf(cases, {
    results,
    rounds: values.rounds,
    core: values.core,
    recoveries,
    chosen: (peer) => values.peer === undefined || values.peer.split(',').includes(peer),
  }).filter((part) => phases.has(part.phase));
  if (values.list) {
    for (const part of parts) console.log(`${isKept(part) ? 'kept' : '-   '}  ${part.name}`);
    return;
  }
  const absent: Absent = values['no-setup'] ? new Map() : setUp();
  writeFileSync(
    join(results, 'machine.json'),
    JSON.stringify({ cpu: readFileSync('/proc/cpuinfo', 'utf8').match(/model name\s*: (.*)/)?.[1] }),
  );
  const until = values.minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + Number(values.minutes) * 60_000;
  for (const part of parts) {
    if (values.keep && isKept(part)) continue;
    if (performance.now() > until) process.stderr.write(`bench: left for another call: ${part.name}\n`);
    else await part.run();
  }
  if (!phases.has('report')) return;
  const table = report(results, all, absent);
  process.stdout.write(table);
  if (values.report !== undefined) writeFileSync(values.report, table);
}

await main();
