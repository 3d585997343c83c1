import { cpus } from 'node:os';
import { measureAppends } from './appends.ts';
import { measureDecisions } from './decisions.ts';
import { startBenchFleet } from './fleet.ts';
import { measureHops } from './hop.ts';
import { quantile, shown, type Summary } from './statistics.ts';
import { measureThroughput } from './throughput.ts';

// sh scripts/in-node.sh bench/planner/main.ts [hops] [seconds]
const hops = Number(process.argv[2] ?? 600);
const seconds = Number(process.argv[3] ?? 10);
const CLIENTS = 16;

type Row = [what: string, figure: Summary, digits: number, target: string, met: (value: number) => boolean];

const fleet = await startBenchFleet();
const rows: Row[] = [];
try {
  const samples = await measureHops(fleet, hops);
  rows.push(['work-item hop, complete → next claim, p50, ms', quantile(samples, 0.5), 1, '≤ 25', (value) => value <= 25]);
  rows.push(['work-item hop, complete → next claim, p99, ms', quantile(samples, 0.99), 1, '≤ 150', (value) => value <= 150]);
  const appends = await measureAppends(fleet, CLIENTS, seconds);
  rows.push([`appended decisions/s, ${CLIENTS} clients of the store`, quantile(appends, 0.5), 0, '≥ 800', (value) => value >= 800]);
  const decisions = await measureDecisions(fleet, CLIENTS, seconds);
  rows.push([
    `appended decisions/s, ${CLIENTS} clients of a planner with its bus`,
    quantile(decisions, 0.5),
    0,
    '≥ 800',
    (value) => value >= 800,
  ]);
  const { completions_per_s } = await measureThroughput(fleet, CLIENTS, seconds);
  rows.push([`decisions/s over gRPC, each with a claim, ${CLIENTS} clients`, quantile(completions_per_s, 0.5), 0, '', () => true]);
} finally {
  await fleet.stop();
}

console.log(
  `Planner, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${process.version}; ${hops} hops, ${seconds} s each; 95 % intervals`,
);
console.log('| What | Median or quantile (interval) | Target | Met |\n|---|---|---|---|');
for (const [what, figure, digits, target, met] of rows) {
  console.log(`| ${what} | ${shown(figure, digits)} | ${target} | ${target === '' ? '' : met(figure.value) ? 'yes' : 'no'} |`);
}
