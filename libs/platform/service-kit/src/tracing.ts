import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Attributes, SpanStatusCode, context, isSpanContextValid, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace';

export interface TracingOptions {
  service: string;
  data_dir: string;
  traces: 'file' | 'off';
  otlp_endpoint: string | undefined;
}

const exporterOf = async (options: TracingOptions): Promise<SpanExporter | null> => {
  if (options.otlp_endpoint !== undefined) {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
    return new OTLPTraceExporter({ url: `${options.otlp_endpoint.replace(/\/$/, '')}/v1/traces` });
  }
  if (options.traces === 'off') return null;
  const { fileSpanExporter } = await import('./file-span-exporter.ts');
  return fileSpanExporter(join(options.data_dir, 'traces', `${options.service}.jsonl`));
};

/**
 * Sets up the process's tracing; gives a function that sends what is left and ends it. Without an exporter the trace context still
 * travels through calls and messages, and the SDK, which takes memory, is not loaded.
 */
export const startTracing = async (options: TracingOptions): Promise<() => Promise<void>> => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const exporter = await exporterOf(options);
  if (exporter === null) return () => Promise.resolve();
  const [{ BatchSpanProcessor, TracerProvider }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
  ]);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.service, 'service.namespace': 'codeoptima' }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000 })],
  });
  trace.setGlobalTracerProvider(provider);
  return () => provider.shutdown().catch(() => undefined);
};

/** The active trace as W3C traceparent; a new one when none is active, so that every run has exactly one. */
export const currentTraceparent = (): string => {
  const span = trace.getActiveSpan()?.spanContext();
  if (span && isSpanContextValid(span)) return `00-${span.traceId}-${span.spanId}-0${span.traceFlags & 1}`;
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
};

/** Runs something short within the given trace, so that what it logs names the trace. */
export const inTrace = <T>(traceparent: string, work: () => T): T =>
  context.with(propagation.extract(context.active(), { traceparent }), work);

/** Runs work inside a span that continues the given trace ('' continues the active one). */
export const inSpan = async <T>(name: string, traceparent: string, attributes: Attributes, work: () => Promise<T>): Promise<T> => {
  const parent = traceparent === '' ? context.active() : propagation.extract(context.active(), { traceparent });
  const span = trace.getTracer('@codeoptima/service-kit').startSpan(name, { attributes }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : 'failed' });
    throw error;
  } finally {
    span.end();
  }
};
