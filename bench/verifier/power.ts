// Gains of known size in real code: the candidate leaves out a known share of the base's calls. Prints the share that is
// certified at each size, and how often the provable gain lay above the true one.
//   sh scripts/in-node.sh bench/verifier/power.ts [--count 20] [--gains 3,5,8,15,50] [--neighbours 0] [--seed N] [--rows FILE]
// Rows are appended to FILE, and those that stand there are not measured again: about forty seconds a row.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_FLAGS } from '@codeoptima/measurement';
import { clopperPearson, median } from '@codeoptima/statistics';
import { KeptRows } from './kept-rows.ts';
import { withNeighbours } from './neighbours.ts';
import { type SpeedVerdict, speedRungs } from './speed-rungs.ts';
import { CALLS, inScratch, layOutTree, type Subject, SUBJECTS, workloadOf } from './subjects.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20' },
    gains: { type: 'string', default: '3,5,8,15,50' },
    neighbours: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    rows: { type: 'string' },
  },
});
const TARGET_PCT = 5;

interface Row extends SpeedVerdict {
  true_pct: number;
  subject: string;
  seed: number;
}

async function certify(subject: Subject, true_pct: number, seed: number): Promise<SpeedVerdict> {
  return await inScratch(async (dir) => {
    const base_dir = await layOutTree(join(dir, 'a'), subject, CALLS);
    const candidate_dir = await layOutTree(join(dir, 'b'), subject, Math.round(CALLS * (1 - true_pct / 100)));
    const workload = workloadOf(subject);
    const input = { base_dir, candidate_dir, workload, package_dir: '', target_pct: TARGET_PCT, seed, flags: DEFAULT_FLAGS };
    return await speedRungs(input, false);
  });
}

const kept = new KeptRows<Row>(values.rows, (row) => String(row.seed));
await withNeighbours(Number(values.neighbours), async () => {
  for (const true_pct of values.gains.split(',').map(Number)) {
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

const shown = (hits: number, total: number): string => {
  const { share, lower, upper } = clopperPearson(hits, total);
  return `${(100 * share).toFixed(0)} % (${(100 * lower).toFixed(0)} to ${(100 * upper).toFixed(0)} %)`;
};
console.log(
  `Power, target ${TARGET_PCT} %; ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${process.version}, ${DEFAULT_FLAGS.join(' ')}, ${values.neighbours} neighbours`,
);
console.log('true gain | certified | improved | median estimate | median provable | provable above true | median pairs | noise');
for (const true_pct of new Set(rows.map((r) => r.true_pct))) {
  const these = rows.filter((r) => r.true_pct === true_pct);
  const of = (pick: (r: Row) => boolean): string => shown(these.filter(pick).length, these.length);
  const middle = (pick: (r: Row) => number | null): string => median(these.map((r) => pick(r) ?? 0)).toFixed(2);
  const above = these.filter((r) => (r.provable_pct ?? Number.NEGATIVE_INFINITY) > true_pct).length;
  const cells = [
    `${true_pct} %`,
    of((r) => r.certified),
    of((r) => r.improved),
    `${middle((r) => r.estimate_pct)} %`,
    `${middle((r) => r.provable_pct)} %`,
  ];
  console.log([...cells, `${above} of ${these.length}`, middle((r) => r.pairs), `${middle((r) => r.noise_cv_pct)} %`].join(' | '));
}
