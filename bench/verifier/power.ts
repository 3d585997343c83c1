import { cpus } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_FLAGS } from '@codeoptima/measurement';
import { refuse, scriptArguments } from '../../scripts/script-arguments.ts';
import { KeptRows } from './kept-rows.ts';
import { withNeighbours } from './neighbours.ts';
import { type SpeedVerdict, speedRungs } from './speed-rungs.ts';
import { CALLS, inScratch, layOutTree, type Subject, SUBJECTS, workloadOf } from './subjects.ts';
import { powerTable, type PowerRow } from './tables/power.ts';

const HELP = `usage: sh scripts/in-node.sh bench/verifier/power.ts [--count N] [--gains LIST] [--neighbours N] [--seed N] [--rows FILE]

Gains of known size in real code: the candidate leaves out a known share of the base's calls. Prints the share that is certified at each
size, and how often the provable gain lay above the true one. About forty seconds a row.

  --count N         rows of each gain (20)
  --gains LIST      in per cent (3,5,8,15,50)
  --neighbours N    bursty processes beside it (0)
  --seed N          of the first row (1)
  --rows FILE       append rows to FILE; those that stand there are not measured again`;

const { values } = scriptArguments({
  name: 'power',
  help: HELP,
  options: {
    count: { type: 'string', default: '20' },
    gains: { type: 'string', default: '3,5,8,15,50' },
    neighbours: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    rows: { type: 'string' },
  },
  numbers: ['count', 'neighbours', 'seed'],
});
const gains = values.gains.split(',').map(Number);
if (!gains.every((gain) => gain > 0 && gain < 100))
  refuse('power', `--gains ${values.gains}: write per cents above 0 and below 100, such as 5,15`);
const TARGET_PCT = 5;

async function certify(subject: Subject, true_pct: number, seed: number): Promise<SpeedVerdict> {
  return await inScratch(async (dir) => {
    const base_dir = await layOutTree(join(dir, 'a'), subject, CALLS);
    const candidate_dir = await layOutTree(join(dir, 'b'), subject, Math.round(CALLS * (1 - true_pct / 100)));
    const workload = workloadOf(subject);
    const input = { base_dir, candidate_dir, workload, package_dir: '', target_pct: TARGET_PCT, seed, flags: DEFAULT_FLAGS };
    return await speedRungs(input, false);
  });
}

const kept = new KeptRows<PowerRow>(values.rows, (row) => String(row.seed));
await withNeighbours(Number(values.neighbours), async () => {
  for (const true_pct of gains) {
    for (let i = 0; i < Number(values.count); i++) {
      const subject = SUBJECTS[i % SUBJECTS.length] as Subject;
      const seed = Number(values.seed) + 1000 * i + Math.round(1e6 * true_pct);
      if (kept.has(String(seed))) continue;
      kept.keep({ true_pct, subject: subject.name, seed, ...(await certify(subject, true_pct, seed)) });
      process.stderr.write(`\r${true_pct} %: ${i + 1} of ${values.count} `);
    }
  }
});
process.stderr.write('\n');
const { rows } = kept;

console.log(
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${process.version}, ${DEFAULT_FLAGS.join(' ')}, ${values.neighbours} neighbours\n`,
);
console.log(powerTable(rows));
