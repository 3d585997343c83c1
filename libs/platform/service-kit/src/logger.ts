import { CodeOptimaError } from '@codeoptima/contracts';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger };

/** The ids of an error of ours as fields, with its cause; a stack only for what nobody foresaw. */
const describeError = (error: unknown): object => {
  if (!(error instanceof CodeOptimaError))
    return error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error) };
  const cause = error.cause instanceof Error ? { cause: error.cause.message } : {};
  const stack = error.code === 'internal' ? { stack: error.stack } : {};
  return { code: error.code, message: error.message, ...error.ids, ...cause, ...stack };
};

const traceFields = (): object => {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
};

/**
 * JSON lines on stdout: `time`, `level`, `agent`, `trace_id` while a trace is active, and `job_id` (the run) on what concerns a run:
 * `log.child({ job_id: run_id })`.
 */
export const createLogger = (agent: string, level: string, destination?: DestinationStream): Logger => {
  const options = {
    level,
    base: { agent, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: traceFields,
    serializers: { err: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
};
