import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { KeptRows } from './kept-rows.ts';
import { adversarialTable, type AdversarialRow } from './tables/adversarial.ts';
import { type CorpusRow, corpusTable } from './tables/corpus.ts';
import { falseWinsTable, type FalseWinRow } from './tables/false-wins.ts';
import { powerTable, type PowerRow } from './tables/power.ts';
import { type StrengthRow, strengthTable } from './tables/strength.ts';
import { timesTable } from './tables/times.ts';

const HELP = `usage: sh scripts/in-node.sh bench/verifier/page.ts

Composes docs/exam.md from the rows kept in bench/results/verifier.`;

scriptArguments({ name: 'page', help: HELP });
const folder = join(import.meta.dirname, '../results/verifier');

function part(file: keyof Kept, title: string, about: string, table: () => string): string[] {
  return existsSync(join(folder, file)) ? [`## ${title}\n\n${about}\n\n${table()}\n`] : [];
}

interface Kept {
  'corpus.jsonl': CorpusRow;
  'adversarial.jsonl': AdversarialRow;
  'false-wins.jsonl': FalseWinRow;
  'power.jsonl': PowerRow;
  'strength.jsonl': StrengthRow;
}

const rowsIn = <File extends keyof Kept>(file: File): readonly Kept[File][] => new KeptRows<Kept[File]>(join(folder, file), () => '').rows;

const parts = [
  ...part(
    'corpus.jsonl',
    'Published fixes',
    '`npm run exam -- --rows bench/results/verifier/corpus.jsonl` judges pairs of published versions of public packages: base is the version before a performance fix, candidate the one after, workload a snippet that runs the code in question. An `improve` must be certified; a `refuse` was fast, green in its own tests and wrong, and must be refused with the input that shows it. *Upstream* is what the authors of the exam measured in one process. A published pair may hold other changes as well, and all of them are judged: new features and other fixes of a release refuse it. Then the part of the release that the workload runs is judged in addition: the changed functions that V8 counted while its operation ran, without the blocks of them that it left out, and the constants and modules these name. Both verdicts are shown, and an improvement counts where one of them certifies it; a `refuse` is always judged as a whole. The packages are fetched when the exam runs; nothing of them lies here.',
    () => corpusTable(rowsIn('corpus.jsonl')),
  ),
  ...part(
    'adversarial.jsonl',
    'Broken and sound candidates',
    '`bench/verifier/adversarial.ts` takes every candidate of tests/adversarial up the whole ladder. No broken one may be certified, and at least 90 % of the sound ones must be. The suite itself repeats the rungs up to behaviour for all of them on every run. All rows of broken candidates are of one day, as are the newest fourteen of the sound ones; the other sound rows are older than the pairs in turns and the newest kinds of input, with which the suite has them.',
    () => adversarialTable(rowsIn('adversarial.jsonl')),
  ),
  ...part(
    'false-wins.jsonl',
    'Unchanged code',
    '`bench/verifier/false-wins.ts` certifies code against itself, as it is and with other comments and blank lines, on a quiet machine and beside two bursty neighbours. *Quiet* means that the experiment added no neighbours. The rows kept here were taken at the highest priority on one of two cores, while other work kept the load between 10 and 40, so that none of them is truly quiet; the first 20 noisy rows shared that core with their neighbours, of the others the neighbours had a lower priority on both cores. The first 100 quiet rows are older than the second look of the quick trial. What the quick trial drops is done, as in a run; some candidates (every N-th, by --every) were taken through all rungs all the same.',
    () => falseWinsTable(rowsIn('false-wins.jsonl')),
  ),
  ...part(
    'power.jsonl',
    'Gains of known size',
    '`bench/verifier/power.ts` leaves a known share of the work out of real code. Wanted: from a true gain of 8 % on at least 95 % certified, and a provable gain above the true one in no more than 1 %. The rows at 8 and 15 % were taken with the pairs in turns, on a shared host on which processes of the same code, measured one after the other, varied by 16 to 28 % at that time; other work ran on the other core. Of the rows at 3, 5 and 50 % twelve each are older: one after the other, on a quieter host. Of two misses one is of noise (22 % between processes of the base, thirty pairs); the other was proved and not confirmed, presumably as in a repetition where all pairs of the confirmation had one length of warm-up, with which the engine compiled the base better: each has its own since.',
    () => powerTable(rowsIn('power.jsonl')),
  ),
  ...part(
    'strength.jsonl',
    'Oracle strength',
    '`bench/verifier/strength.ts` puts faults into the base of every sound candidate and counts those that replay and search notice.',
    () => strengthTable(rowsIn('strength.jsonl')),
  ),
  ...part('adversarial.jsonl', 'Time', 'Of the rows above. The steps of a single verification are printed with it.', () =>
    timesTable({ unchanged: rowsIn('false-wins.jsonl'), power: rowsIn('power.jsonl'), adversarial: rowsIn('adversarial.jsonl') }),
  ),
];

writeFileSync(
  join(import.meta.dirname, '../../docs/exam.md'),
  `# The verifier's exams

Written by \`sh scripts/in-node.sh bench/verifier/page.ts\` from the rows in bench/results/verifier, which the scripts named below append to.
Intervals are exact 95 % intervals (Clopper and Pearson). Times are those of a machine that did other work as well. Rows of sound candidates that
were kept before the warm-up lasted until the base gets no faster (docs/decisions.md) were not taken anew.

${parts.join('\n')}`,
);
