import { cases, judge, type Kind } from '../../tests/adversarial/judge.ts';
import { refuse, scriptArguments } from '../../scripts/script-arguments.ts';
import { KeptRows } from './kept-rows.ts';
import { adversarialTable, type AdversarialRow, isRight } from './tables/adversarial.ts';

const HELP = `usage: sh scripts/in-node.sh bench/verifier/adversarial.ts [--kind broken|sound] [--only NAME] [--seed N] [--rows FILE] [--json]

Climbs the whole ladder with every candidate of tests/adversarial and prints the table: about a minute a sound candidate, seconds a
broken one.

  --kind broken|sound   one kind only
  --only NAME           one candidate only
  --seed N              of the searches and the measurements (1)
  --rows FILE           append rows to FILE; those that stand there are not judged again
  --json                print the rows as JSON`;

const { values } = scriptArguments({
  name: 'adversarial',
  help: HELP,
  options: {
    kind: { type: 'string' },
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
    rows: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  numbers: ['seed'],
  choices: { kind: ['broken', 'sound'] },
});
const known = (await Promise.all([cases('broken'), cases('sound')])).flat();
if (values.only !== undefined && !known.includes(values.only)) refuse('adversarial', `there is no candidate '${values.only}'`);
const kinds: Kind[] = values.kind === 'broken' || values.kind === 'sound' ? [values.kind] : ['broken', 'sound'];

const keyOf = ({ kind, name }: Pick<AdversarialRow, 'kind' | 'name'>): string => `${kind} ${name}`;
const kept = new KeptRows<AdversarialRow>(values.rows, keyOf);
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
    const right = isRight({ kind, verdict });
    process.stderr.write(
      `${right ? ' ' : '✗'} ${kind} ${name}: ${verdict} (${rows.at(-1)?.seconds ?? 0} s) ${right ? '' : reason.slice(0, 200)}\n`,
    );
  }
}

process.stdout.write(values.json ? `${JSON.stringify({ rows })}\n` : `${adversarialTable(rows)}\n`);
