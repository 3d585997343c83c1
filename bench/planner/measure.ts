import type { Row } from '../table.ts';
import { measureAppends } from './appends.ts';
import { measureDecisions } from './decisions.ts';
import { startBenchFleet } from './fleet.ts';
import { measureHops } from './hop.ts';
import { quantile } from './statistics.ts';
import { measureThroughput } from './throughput.ts';

const CLIENTS = 16;

/** Hops and decisions of a planner on an embedded Postgres and nats-server of its own. */
export async function measurePlanner(hops: number, seconds: number): Promise<Row[]> {
  const fleet = await startBenchFleet();
  try {
    const hop = await measureHops(fleet, hops);
    const hopRow = (q: number, limit: number): Row => ({
      what: `work-item hop, complete to next claim, p${100 * q}`,
      unit: 'ms',
      ...quantile(hop, q),
      digits: 1,
      from: `${hops} hops`,
      target: { limit, is: 'at most' },
    });
    const rate = (what: string, per_s: readonly number[]): Row => ({
      what,
      unit: '1/s',
      ...quantile(per_s, 0.5),
      digits: 0,
      from: `median of ${seconds} seconds`,
    });
    const appends = await measureAppends(fleet, CLIENTS, seconds);
    const decisions = await measureDecisions(fleet, CLIENTS, seconds);
    const { completions_per_s } = await measureThroughput(fleet, CLIENTS, seconds);
    return [
      hopRow(0.5, 25),
      hopRow(0.99, 150),
      { ...rate(`decisions appended by a planner with its bus, ${CLIENTS} clients`, decisions), target: { limit: 800, is: 'at least' } },
      rate(`decisions appended by the store alone, ${CLIENTS} clients`, appends),
      rate(`decisions over gRPC, each after a claim, ${CLIENTS} clients`, completions_per_s),
    ];
  } finally {
    await fleet.stop();
  }
}
