import type { Metrics } from '@codeoptima/service-kit';

export const workerMetrics = (metrics: Metrics) => ({
  items: metrics.counter('codeoptima_items_total', 'Attempts at work items by how they ended.', ['task', 'outcome']),
  duration: metrics.histogram(
    'codeoptima_item_duration_seconds',
    'From the claim to the end of the report.',
    [0.05, 0.25, 1, 5, 15, 60, 300, 1_800],
    ['task'],
  ),
  fenced: metrics.counter('codeoptima_fenced_writes_total', 'Verdicts that the planner refused since the lease had been lost.'),
});

export type WorkerMetrics = ReturnType<typeof workerMetrics>;
