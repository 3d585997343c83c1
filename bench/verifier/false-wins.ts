// Certifies code against itself: as it is, and with nothing but comments and blank lines changed; alone and beside two bursty
// neighbours. Prints the share that each rung believed, with the exact 95 % interval.
//   sh scripts/in-node.sh bench/verifier/false-wins.ts [--count 300] [--conditions quiet,noisy] [--every 5] [--seed N] [--rows FILE]
// A candidate that the quick trial drops is done, as in a run; every fifth (--every) is taken through all rungs all the same, so that
// certification is tried too. Rows are appended to FILE, and those that stand there are not measured again: about ten seconds a row,
// forty with all rungs.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_FLAGS } from '@codeoptima/measurement';
import { clopperPearson } from '@codeoptima/statistics';
import { KeptRows } from './kept-rows.ts';
import { withNeighbours } from './neighbours.ts';
import { type SpeedVerdict, speedRungs } from './speed-rungs.ts';
import { CALLS, inScratch, layOutTree, reformat, type Subject, SUBJECTS, workloadOf } from './subjects.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    conditions: { type: 'string', default: 'quiet,noisy' },
    seed: { type: 'string', default: '1' },
    every: { type: 'string', default: '5' },
    rows: { type: 'string' },
  },
});
const count = Number(values.count);
const every = Number(values.every);
const NEIGHBOURS: Record<string, number> = { quiet: 0, noisy: 2 };
const KINDS = ['identical', 'formatted'] as const;
const TARGET_PCT = 5;
const TARGET_SHARE = 0.01;

interface Row extends SpeedVerdict {
  condition: string;
  subject: string;
  kind: (typeof KINDS)[number];
  seed: number;
}

async function certify(subject: Subject, kind: Row['kind'], seed: number, every_rung: boolean): Promise<SpeedVerdict> {
  return await inScratch(async (dir) => {
    const base_dir = await layOutTree(join(dir, 'a'), subject, CALLS);
    const candidate_dir = await layOutTree(join(dir, 'b'), subject, CALLS);
    if (kind === 'formatted') await reformat(candidate_dir);
    const workload = workloadOf(subject);
    const input = { base_dir, candidate_dir, workload, package_dir: '', target_pct: TARGET_PCT, seed, flags: DEFAULT_FLAGS };
    return await speedRungs(input, every_rung);
  });
}

const keyOf = ({ condition, seed }: Pick<Row, 'condition' | 'seed'>): string => `${condition} ${seed}`;
const kept = new KeptRows<Row>(values.rows, keyOf);
for (const condition of values.conditions.split(',')) {
  await withNeighbours(NEIGHBOURS[condition] ?? 0, async () => {
    for (let i = 0; i < count; i++) {
      const subject = SUBJECTS[i % SUBJECTS.length] as Subject;
      const kind = KINDS[Math.floor(i / SUBJECTS.length) % KINDS.length] as Row['kind'];
      const seed = Number(values.seed) + 1000 * i;
      if (kept.has(keyOf({ condition, seed }))) continue;
      kept.keep({ condition, subject: subject.name, kind, seed, ...(await certify(subject, kind, seed, i % every === 0)) });
      process.stderr.write(`\r${condition}: ${i + 1} of ${count}`);
    }
  });
  process.stderr.write('\n');
}
const { rows } = kept;

const shown = (believed: number, total: number): string => {
  const { share, lower, upper } = clopperPearson(believed, total);
  return `${believed} of ${total} = ${(100 * share).toFixed(2)} % (${(100 * lower).toFixed(2)} to ${(100 * upper).toFixed(2)} %)`;
};
console.log(
  `False wins on unchanged code, target ${TARGET_PCT} %; ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${process.version}, ${DEFAULT_FLAGS.join(' ')}`,
);
for (const condition of new Set(rows.map((r) => r.condition))) {
  for (const kind of KINDS) {
    const these = rows.filter((r) => r.condition === condition && r.kind === kind);
    if (these.length === 0) continue;
    const of = (pick: (r: Row) => boolean): string => shown(these.filter(pick).length, these.length);
    console.log(`${condition}, ${kind}: certified ${of((r) => r.certified)}; kept by the quick trial ${of((r) => r.kept_by_trial)}`);
    const asked = these.filter((r) => r.every_rung);
    console.log(`  all rungs asked: claimed ${shown(asked.filter((r) => r.claimed).length, asked.length)}`);
  }
}
const certified = rows.filter((r) => r.certified);
console.log(`all: certified ${shown(certified.length, rows.length)}; target at most ${100 * TARGET_SHARE} %`);
for (const r of certified)
  console.log(
    `  ${r.condition}, ${r.subject}, ${r.kind}, seed ${r.seed}: estimate ${r.estimate_pct?.toFixed(2)} %, provable ${r.provable_pct} %`,
  );
process.exitCode = certified.length / Math.max(1, rows.length) <= TARGET_SHARE ? 0 : 1;
