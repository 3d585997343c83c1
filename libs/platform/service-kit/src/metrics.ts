import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from '@prometheus-io/client';

/** Metrics of one process. Names begin with `codeoptima_`, and units come last: `_seconds`, `_bytes`, `_total`. */
export interface Metrics {
  counter: <L extends string = never>(name: string, help: string, labels?: readonly L[]) => Counter<L>;
  gauge: <L extends string = never>(name: string, help: string, labels?: readonly L[]) => Gauge<L>;
  /** Upper bounds of the buckets in the unit of the name. */
  histogram: <L extends string = never>(name: string, help: string, buckets: number[], labels?: readonly L[]) => Histogram<L>;
  /** More in the same format, asked for at each scrape: of a process that is seen through this one. A source that fails is left out. */
  include: (source: () => Promise<string>) => void;
  /** Prometheus text format. */
  text: () => Promise<string>;
  content_type: string;
}

export const createMetrics = (service: string): Metrics => {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const sources: (() => Promise<string>)[] = [];
  return {
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: labels, registers: [registry] }),
    gauge: (name, help, labels = []) => new Gauge({ name, help, labelNames: labels, registers: [registry] }),
    histogram: (name, help, buckets, labels = []) => new Histogram({ name, help, buckets, labelNames: labels, registers: [registry] }),
    include: (source) => void sources.push(source),
    text: async () => {
      const more = sources.map((source) => source().catch(() => ''));
      return (await Promise.all([registry.metrics(), ...more])).filter((text) => text !== '').join('\n');
    },
    content_type: registry.contentType,
  };
};
