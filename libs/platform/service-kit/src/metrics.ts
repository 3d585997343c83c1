import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from '@prometheus-io/client';

/** Metrics of one process. Names begin with `codeoptima_`, and units come last: `_seconds`, `_bytes`, `_total`. */
export interface Metrics {
  counter: <L extends string = never>(name: string, help: string, labels?: readonly L[]) => Counter<L>;
  gauge: <L extends string = never>(name: string, help: string, labels?: readonly L[]) => Gauge<L>;
  /** Upper bounds of the buckets in the unit of the name. */
  histogram: <L extends string = never>(name: string, help: string, buckets: number[], labels?: readonly L[]) => Histogram<L>;
  /** Prometheus text format. */
  text: () => Promise<string>;
  content_type: string;
}

export const createMetrics = (service: string): Metrics => {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return {
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: labels, registers: [registry] }),
    gauge: (name, help, labels = []) => new Gauge({ name, help, labelNames: labels, registers: [registry] }),
    histogram: (name, help, buckets, labels = []) => new Histogram({ name, help, buckets, labelNames: labels, registers: [registry] }),
    text: () => registry.metrics(),
    content_type: registry.contentType,
  };
};
