import { refuse, scriptArguments } from '../../scripts/script-arguments.ts';
import { cases, judge } from '../../tests/adversarial/judge.ts';

const HELP = `usage: sh scripts/in-node.sh bench/verifier/strength.ts [--only NAME,NAME] [--seed N] [--inputs N] [--json]

Oracle strength of the sound candidates of tests/adversarial: the share of faults, put into the base, that replay and search notice; and
what share of the time each rung up to behaviour takes.

  --only NAME,NAME   these candidates only
  --seed N           of the searches (1)
  --inputs N         inputs that a search tries at most (400)
  --json             print the rows as JSON`;

const { values } = scriptArguments({
  name: 'strength',
  help: HELP,
  options: {
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
    inputs: { type: 'string', default: '400' },
    json: { type: 'boolean', default: false },
  },
  numbers: ['seed', 'inputs'],
});
const known = await cases('sound');
const only = values.only === undefined ? null : new Set(values.only.split(','));
const missing = [...(only ?? [])].find((name) => !known.includes(name));
if (missing !== undefined) refuse('strength', `there is no sound candidate '${missing}'`);

interface Row {
  name: string;
  killed: number;
  total: number;
  survivors: string[];
  ms: Record<string, number>;
}

const rows: Row[] = [];
for (const name of known.filter((entry) => only === null || only.has(entry))) {
  const options = { whole: false, strength: true, seed: Number(values.seed), search_inputs_max: Number(values.inputs) };
  const { evidence, checks } = await judge('sound', name, options);
  const strength = evidence.behaviour?.oracle_strength;
  if (!strength) continue;
  const { killed, mutants, equivalent, survivors } = strength;
  const ms = Object.fromEntries(checks.map((check) => [check.name, check.duration_ms]));
  rows.push({ name, killed, total: mutants - (equivalent ?? 0), survivors: survivors ?? [], ms });
  process.stderr.write(
    `${name}: ${killed} of ${mutants - (equivalent ?? 0)}${(survivors ?? []).map((text) => `\n    unnoticed: ${text}`).join('')}\n`,
  );
}

const share = (row: Row): number => (row.total === 0 ? 100 : (100 * row.killed) / row.total);
const sorted = rows.map(share).sort((a, b) => a - b);
const median = ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
const spent: Record<string, number> = {};
for (const row of rows) for (const [rung, ms] of Object.entries(row.ms)) spent[rung] = (spent[rung] ?? 0) + ms;
const all = Object.values(spent).reduce((sum, ms) => sum + ms, 0);

if (values.json) process.stdout.write(`${JSON.stringify({ rows, median_pct: median, spent_ms: spent })}\n`);
else {
  process.stdout.write('| candidate | faults noticed | share |\n|---|---|---|\n');
  for (const row of rows) process.stdout.write(`| ${row.name} | ${row.killed} of ${row.total} | ${share(row).toFixed(0)} % |\n`);
  process.stdout.write(`\nmedian ${median.toFixed(1)} % over ${rows.length} sound candidates, lowest ${(sorted[0] ?? 0).toFixed(0)} %\n\n`);
  process.stdout.write('| rung | share of the time |\n|---|---|\n');
  for (const [rung, ms] of Object.entries(spent).sort((a, b) => b[1] - a[1]))
    process.stdout.write(`| ${rung} | ${((100 * ms) / all).toFixed(0)} % |\n`);
}
