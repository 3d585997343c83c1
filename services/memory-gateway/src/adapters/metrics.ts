import type { Metrics } from '@codeoptima/service-kit';
import type { TendingOptions } from './tending.ts';

export interface GatewayMetrics {
  tending: Pick<TendingOptions, 'onMove' | 'onReembedded'>;
  onRestAnswer: (route: string, status: number, seconds: number) => void;
  onSweep: (failed: boolean) => void;
}

interface Sources {
  wire: { up: boolean };
  fences: { refused: number };
  toReembed: () => number;
}

const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export const gatewayMetrics = (metrics: Metrics, { wire, fences, toReembed }: Sources): GatewayMetrics => {
  const moves = metrics.counter('codeoptima_memory_moves_total', 'Memories that changed their tier or were forgotten by policy.', [
    'from',
    'to',
  ]);
  const reembedded = metrics.counter('codeoptima_memory_reembedded_total', 'Memories embedded anew.');
  const rest = metrics.histogram('codeoptima_memory_rest_seconds', "Answers of Qdrant's REST.", BUCKETS_S, ['route', 'status']);
  const sweeps = metrics.counter('codeoptima_memory_sweeps_total', 'Rounds of the background work.', ['outcome']);
  const up = metrics.gauge('codeoptima_memory_backend_up', 'Whether the vector store answered the last call.');
  const stale = metrics.gauge('codeoptima_memory_stale_refused', 'Stale writes refused since the start.');
  const waiting = metrics.gauge('codeoptima_memory_to_reembed', 'Memories that wait for the present embedding.');
  const read = (): void => {
    up.set(wire.up ? 1 : 0);
    stale.set(fences.refused);
    waiting.set(toReembed());
  };
  return {
    tending: { onMove: (from, to) => moves.inc({ from, to }), onReembedded: (count) => reembedded.inc(count) },
    onRestAnswer: (route, status, seconds) => {
      rest.observe({ route, status: String(status) }, seconds);
      read();
    },
    onSweep: (failed) => {
      sweeps.inc({ outcome: failed ? 'failed' : 'done' });
      read();
    },
  };
};
