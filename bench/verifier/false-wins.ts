import { cpus } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_FLAGS } from '@codeoptima/measurement';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { KeptRows } from './kept-rows.ts';
import { withNeighbours } from './neighbours.ts';
import { type SpeedVerdict, speedRungs } from './speed-rungs.ts';
import { CALLS, inScratch, layOutTree, reformat, type Subject, SUBJECTS, workloadOf } from './subjects.ts';
import { FALSE_WIN_KINDS, falseWinsTable, type FalseWinRow } from './tables/false-wins.ts';

const HELP = `usage: sh scripts/in-node.sh bench/verifier/false-wins.ts [--count N] [--conditions quiet,noisy] [--every N] [--seed N] [--rows FILE]

Certifies code against itself: as it is, and with nothing but comments and blank lines changed in one arm; alone and beside two bursty neighbours.
Prints the share that each rung believed, with the exact 95 % interval. About ten seconds a row, forty with all rungs.

  --count N              rows in each condition (300)
  --conditions LIST      quiet, noisy or both (quiet,noisy)
  --every N              a candidate that the quick trial drops is done, as in a run; every N-th is taken through all rungs all the same,
                         so that certification is tried too (5)
  --seed N               of the first row (1)
  --rows FILE            append rows to FILE; those that stand there are not measured again`;

const { values } = scriptArguments({
  name: 'false-wins',
  help: HELP,
  options: {
    count: { type: 'string', default: '300' },
    conditions: { type: 'string', default: 'quiet,noisy' },
    seed: { type: 'string', default: '1' },
    every: { type: 'string', default: '5' },
    rows: { type: 'string' },
  },
  numbers: ['count', 'every', 'seed'],
  choices: { conditions: ['quiet', 'noisy'] },
});
const count = Number(values.count);
const every = Number(values.every);
const NEIGHBOURS: Record<string, number> = { quiet: 0, noisy: 2 };
const TARGET_PCT = 5;
const TARGET_SHARE = 0.01;

/** `formatted`: the arm whose comments differ, if any. Either may be the slower one for it. */
async function certify(subject: Subject, formatted: 'base' | 'candidate' | null, seed: number, every_rung: boolean): Promise<SpeedVerdict> {
  return await inScratch(async (dir) => {
    const base_dir = await layOutTree(join(dir, 'a'), subject, CALLS);
    const candidate_dir = await layOutTree(join(dir, 'b'), subject, CALLS);
    if (formatted !== null) await reformat(formatted === 'base' ? base_dir : candidate_dir);
    const workload = workloadOf(subject);
    const input = { base_dir, candidate_dir, workload, package_dir: '', target_pct: TARGET_PCT, seed, flags: DEFAULT_FLAGS };
    return await speedRungs(input, every_rung);
  });
}

const keyOf = ({ condition, seed }: Pick<FalseWinRow, 'condition' | 'seed'>): string => `${condition} ${seed}`;
const kept = new KeptRows<FalseWinRow>(values.rows, keyOf);
for (const condition of values.conditions.split(',')) {
  await withNeighbours(NEIGHBOURS[condition] ?? 0, async () => {
    for (let i = 0; i < count; i++) {
      const subject = SUBJECTS[i % SUBJECTS.length] as Subject;
      const kind = FALSE_WIN_KINDS[Math.floor(i / SUBJECTS.length) % FALSE_WIN_KINDS.length] as FalseWinRow['kind'];
      const seed = Number(values.seed) + 1000 * i;
      if (kept.has(keyOf({ condition, seed }))) continue;
      const arm = Math.floor(i / (SUBJECTS.length * FALSE_WIN_KINDS.length)) % 2 === 0 ? 'candidate' : 'base';
      const verdict = await certify(subject, kind === 'formatted' ? arm : null, seed, i % every === 0);
      kept.keep({ condition, subject: subject.name, kind, seed, ...verdict });
      process.stderr.write(`\r${condition}: ${i + 1} of ${count}`);
    }
  });
  process.stderr.write('\n');
}
const { rows } = kept;

console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${process.version}, ${DEFAULT_FLAGS.join(' ')}\n`);
console.log(falseWinsTable(rows));
process.exitCode = rows.filter((row) => row.certified).length / Math.max(1, rows.length) <= TARGET_SHARE ? 0 : 1;
