// Climbs the whole ladder with every candidate of tests/adversarial and prints the table.
//   sh scripts/in-node.sh bench/verifier/adversarial.ts [--kind broken|sound] [--only NAME] [--seed N] [--rows FILE] [--json]
// Rows are appended to FILE, and those that stand there are not judged again: about a minute a sound candidate, seconds a broken one.
import { parseArgs } from 'node:util';
import { clopperPearson } from '@codeoptima/statistics';
import { cases, judge, type Kind } from '../../tests/adversarial/judge.ts';
import { KeptRows } from './kept-rows.ts';

const { values } = parseArgs({
  options: {
    kind: { type: 'string' },
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
    rows: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const kinds: Kind[] = values.kind === 'broken' || values.kind === 'sound' ? [values.kind] : ['broken', 'sound'];

interface Row {
  kind: Kind;
  name: string;
  verdict: string;
  provable_pct: number | null;
  reason: string;
  seconds: number;
}

const keyOf = ({ kind, name }: Pick<Row, 'kind' | 'name'>): string => `${kind} ${name}`;
const kept = new KeptRows<Row>(values.rows, keyOf);
const { rows } = kept;
for (const kind of kinds) {
  for (const name of (await cases(kind)).filter((entry) => values.only === undefined || entry === values.only)) {
    if (kept.has(keyOf({ kind, name }))) continue;
    const started = performance.now();
    const { verdict, provable_pct, reason } = await judge(kind, name, { whole: true, seed: Number(values.seed) });
    kept.keep({
      kind,
      name,
      verdict,
      provable_pct,
      reason: reason.replaceAll(/\s+/g, ' ').slice(0, 160),
      seconds: Math.round((performance.now() - started) / 1000),
    });
    const right = (verdict === 'certified') === (kind === 'sound');
    process.stderr.write(
      `${right ? ' ' : '✗'} ${kind} ${name}: ${verdict} (${rows.at(-1)?.seconds ?? 0} s) ${right ? '' : reason.slice(0, 200)}\n`,
    );
  }
}

const share = (kind: Kind): string => {
  const own = rows.filter((row) => row.kind === kind);
  const certified = own.filter((row) => row.verdict === 'certified').length;
  const { lower, upper } = clopperPearson(certified, own.length);
  return `${kind}: ${certified} of ${own.length} certified (95 % interval ${(100 * lower).toFixed(1)} to ${(100 * upper).toFixed(1)} %)`;
};
if (values.json) process.stdout.write(`${JSON.stringify({ rows, summary: kinds.map(share) })}\n`);
else {
  process.stdout.write('| kind | candidate | verdict | at least | why |\n|---|---|---|---|---|\n');
  for (const row of rows)
    process.stdout.write(
      `| ${row.kind} | ${row.name} | ${row.verdict} | ${row.provable_pct === null ? '' : `${row.provable_pct.toFixed(0)} %`} | ${row.reason.replaceAll('|', '\\|')} |\n`,
    );
  process.stdout.write(`\n${kinds.map(share).join('\n')}\n`);
}
