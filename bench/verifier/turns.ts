import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { comparePaired, DEFAULT_FLAGS, type PairedResult } from '@codeoptima/measurement';
import { median, Pcg32 } from '@codeoptima/statistics';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { CALLS, inScratch, layOutTree, SUBJECTS, workloadOf } from './subjects.ts';

const HELP = `usage: sh scripts/in-node.sh bench/verifier/turns.ts [--rounds N] [--seed N]

What turns and a core at its usual speed do to the noise of pairs: identical code against itself, ten pairs one after the other and ten in
turns, in random order within a round. About two minutes a round.

  --rounds N    (3)
  --seed N      (1)`;

const { values } = scriptArguments({
  name: 'turns',
  help: HELP,
  options: { rounds: { type: 'string', default: '3' }, seed: { type: 'string', default: '1' } },
  numbers: ['rounds', 'seed'],
});
const WAYS = [
  { name: 'one after the other', turns: false },
  { name: 'in turns', turns: true },
];

async function pairsOf(subject: (typeof SUBJECTS)[number], turns: boolean, seed: number): Promise<PairedResult> {
  return await inScratch(async (dir) => {
    const tree = await layOutTree(join(dir, 'a'), subject, CALLS);
    const trees = { base_dir: tree, candidate_dir: tree, workload: workloadOf(subject), package_dir: '' };
    return await comparePaired({ ...trees, target_pct: 5, seed, flags: DEFAULT_FLAGS, plan: { looks: [10] }, turns });
  });
}

const random = new Pcg32(Number(values.seed));
const results: Array<{ subject: string; way: string; result: PairedResult }> = [];
for (let round = 0; round < Number(values.rounds); round++) {
  for (const subject of SUBJECTS) {
    for (const { name, turns } of random.shuffle(WAYS)) {
      results.push({ subject: subject.name, way: name, result: await pairsOf(subject, turns, Number(values.seed) + round) });
      process.stderr.write(`\r${results.length} of ${Number(values.rounds) * SUBJECTS.length * WAYS.length} `);
    }
  }
}
process.stderr.write('\n');

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${process.version}, load ${(loadavg()[0] ?? 0).toFixed(1)}\n`);
console.log('| code against itself | way | error of a pair, median | largest | noise of the base | time of ten pairs |');
console.log('|---|---|---|---|---|---|');
for (const subject of SUBJECTS) {
  for (const { name } of WAYS) {
    const own = results.filter((each) => each.subject === subject.name && each.way === name).map((each) => each.result);
    const errors = own.flatMap((result) => result.pairs.map((pair) => Math.abs(Math.expm1(pair.log_ratio))));
    const noise = median(own.map((result) => result.noise_cv_pct ?? 0));
    const seconds = median(own.map((result) => result.duration_ms / 1000));
    console.log(
      `| ${subject.name} | ${name} | ${percent(median(errors))} | ${percent(Math.max(...errors))} | ${noise.toFixed(1)} % | ${seconds.toFixed(0)} s |`,
    );
  }
}
