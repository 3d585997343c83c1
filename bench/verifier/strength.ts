import { refuse, scriptArguments } from '../../scripts/script-arguments.ts';
import { cases, judge } from '../../tests/adversarial/judge.ts';
import { KeptRows } from './kept-rows.ts';
import { medianStrengthPct, type StrengthRow, strengthTable, WEAK_PCT } from './tables/strength.ts';

const HELP = `usage: sh scripts/in-node.sh bench/verifier/strength.ts [--only NAME,NAME] [--seed N] [--inputs N] [--rows FILE] [--json]

Oracle strength of the sound candidates of tests/adversarial: the share of faults, put into the base, that replay and search notice; and
what share of the time each rung up to behaviour takes.

  --only NAME,NAME   these candidates only
  --seed N           of the searches (1)
  --inputs N         inputs that a search tries at most (400)
  --rows FILE        append rows to FILE; those that stand there are not judged again
  --json             print the rows as JSON`;

const { values } = scriptArguments({
  name: 'strength',
  help: HELP,
  options: {
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
    inputs: { type: 'string', default: '400' },
    rows: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  numbers: ['seed', 'inputs'],
});
const known = await cases('sound');
const only = values.only === undefined ? null : new Set(values.only.split(','));
const missing = [...(only ?? [])].find((name) => !known.includes(name));
if (missing !== undefined) refuse('strength', `there is no sound candidate '${missing}'`);

const kept = new KeptRows<StrengthRow>(values.rows, (row) => row.name);
const { rows } = kept;
for (const name of known.filter((entry) => (only === null || only.has(entry)) && !kept.has(entry))) {
  const options = { whole: false, strength: true, seed: Number(values.seed), search_inputs_max: Number(values.inputs) };
  const { evidence, checks } = await judge('sound', name, options);
  const strength = evidence.behaviour?.oracle_strength;
  if (!strength) continue;
  const { killed, mutants, equivalent, survivors } = strength;
  const ms = Object.fromEntries(checks.map((check) => [check.name, check.duration_ms]));
  kept.keep({ name, killed, total: mutants - (equivalent ?? 0), survivors: survivors ?? [], ms });
  process.stderr.write(
    `${name}: ${killed} of ${mutants - (equivalent ?? 0)}${(survivors ?? []).map((text) => `\n    unnoticed: ${text}`).join('')}\n`,
  );
}

if (values.json) process.stdout.write(`${JSON.stringify({ rows, median_pct: medianStrengthPct(rows) })}\n`);
else process.stdout.write(`${strengthTable(rows)}\n`);
process.exitCode = medianStrengthPct(rows) >= WEAK_PCT ? 0 : 1;
