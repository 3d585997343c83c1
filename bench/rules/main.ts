import { Script } from 'node:vm';
import { loadCatalogue, type Rule } from '@codeoptima/rules';
import { refuse, scriptArguments } from '../../scripts/script-arguments.ts';
import { INPUTS, LARGER } from './inputs.ts';

const HELP = `usage: sh scripts/in-node.sh bench/rules/main.ts [PART-OF-A-RULE-ID]

Ratio old/new of each rule's first example at three sizes, above 1 is faster: interleaved blocks in one process, median and quartiles of
the ratios. Indicative only; what a run claims is measured by the protocol of the verifier.`;

const [wanted = ''] = scriptArguments({ name: 'rules', help: HELP, positionals_max: 1 }).positionals;
const rules = loadCatalogue().filter(({ id }) => id.includes(wanted));
if (rules.length === 0) refuse('rules', `no rule has '${wanted}' in its id`);

const SIZES = [8, 100, 1000];
const ROUNDS = 15;
const BLOCK_MS = 12;

type Run = (...args: unknown[]) => unknown;

const compile = (source: string): Run =>
  new Script(`(() => {${source.replace(/^export /gm, '')}\nreturn run;})()`).runInThisContext() as Run;

/** Milliseconds of CPU time per call. */
async function block(run: Run, args: unknown[], calls: number): Promise<number> {
  const start = process.cpuUsage();
  for (let i = 0; i < calls; i++) {
    const result = run(...args);
    if (result instanceof Promise) await result;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / calls;
}

async function ratios(rule: Rule, size: number): Promise<number[]> {
  const [example] = rule.fixtures.fires;
  const make = INPUTS[rule.id];
  if (!example || !make) return [];
  const [old, fresh] = [compile(example.before), compile(example.after)];
  const args = make(size);
  let calls = 1;
  while ((await block(old, args, calls)) * calls < BLOCK_MS && calls < 1e7) calls *= 2;
  for (let i = 0; i < 3; i++) for (const run of [old, fresh]) await block(run, args, calls);
  const found: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const first = round % 2 === 0;
    const a = await block(first ? old : fresh, args, calls);
    const b = await block(first ? fresh : old, args, calls);
    found.push(first ? a / b : b / a);
  }
  return found.sort((x, y) => x - y);
}

const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toPrecision(2);

console.log(`Node ${process.version}, ${ROUNDS} interleaved rounds; median [quartiles] of old/new\n`);
console.log(['rule'.padEnd(24), ...SIZES.map((size) => `n=${size}`.padEnd(22)), 'larger'].join(''));
for (const rule of rules) {
  const larger = LARGER[rule.id];
  const cells: string[] = [];
  for (const size of [...SIZES, ...(larger === undefined ? [] : [larger])]) {
    const sorted = await ratios(rule, size);
    const text = sorted.length === 0 ? '-' : `${at(sorted, 0.5)} [${at(sorted, 0.25)}, ${at(sorted, 0.75)}]`;
    cells.push(size === larger ? `${text} at n=${size}` : text);
  }
  console.log([rule.id.padEnd(24), ...cells.map((text) => text.padEnd(22))].join(''));
}
