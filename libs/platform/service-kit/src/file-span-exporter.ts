import { appendFile, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/** At this size the file becomes `<file>.1`, replacing an older one. */
const ROTATE_BYTES = 32 * 1024 * 1024;

const nanos = ([seconds, rest]: [number, number]): string => String(BigInt(seconds) * 1_000_000_000n + BigInt(rest));

/** One span as one flat line; times in nanoseconds since 1970, as text since they exceed a double. */
const toLine = (span: ReadableSpan): string => {
  const { traceId, spanId } = span.spanContext();
  return JSON.stringify({
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: span.parentSpanContext?.spanId ?? null,
    service: span.resource.attributes['service.name'],
    name: span.name,
    kind: span.kind,
    start_unix_ns: nanos(span.startTime),
    end_unix_ns: nanos(span.endTime),
    status: span.status.code,
    ...(span.status.message ? { error: span.status.message } : {}),
    attributes: span.attributes,
  });
};

const rotate = (path: string): void => {
  try {
    if (statSync(path).size >= ROTATE_BYTES) renameSync(path, `${path}.1`);
  } catch {
    // Not there yet.
  }
};

/** Appends spans to a JSON-lines file, for machines without a collector. */
export const fileSpanExporter = (path: string): SpanExporter => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return {
    export: (spans, done) => {
      rotate(path);
      appendFile(path, spans.map((span) => `${toLine(span)}\n`).join(''), { mode: 0o600 }, (error) =>
        done(error ? { code: ExportResultCode.FAILED, error } : { code: ExportResultCode.SUCCESS }),
      );
    },
    shutdown: () => Promise.resolve(),
  };
};
