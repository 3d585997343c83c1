import { CodeOptimaError } from '@codeoptima/contracts';
import { type Context, type Span, SpanKind, SpanStatusCode, context, isSpanContextValid, propagation, trace } from '@opentelemetry/api';
import { Metadata } from '@grpc/grpc-js';

const tracer = () => trace.getTracer('@codeoptima/rpc');

const setter = { set: (carrier: Metadata, key: string, value: string) => carrier.set(key, value) };
const getter = {
  keys: (carrier: Metadata) => Object.keys(carrier.getMap()),
  get: (carrier: Metadata, key: string) => carrier.get(key).map(String)[0],
};

export interface OpenSpan {
  context: Context;
  end: (error?: unknown) => void;
}

const open = (span: Span, parent: Context): OpenSpan => ({
  context: trace.setSpan(parent, span),
  end: (error) => {
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: CodeOptimaError.from(error).message });
    span.end();
  },
});

/** A call outside every trace, such as a question for work, gets no span: one of its own would tell nothing and bury the runs. */
const untraced = (active: Context): OpenSpan => ({ context: active, end: () => undefined });

const isTraced = (active: Context): boolean => {
  const span = trace.getSpanContext(active);
  return span !== undefined && isSpanContextValid(span);
};

/** Starts the client's span of a call and writes its context (W3C traceparent) into the metadata. */
export const openClientSpan = (method: string, metadata: Metadata): OpenSpan => {
  const active = context.active();
  const opened = isTraced(active)
    ? open(tracer().startSpan(method, { kind: SpanKind.CLIENT, attributes: { 'rpc.system': 'grpc' } }), active)
    : untraced(active);
  propagation.inject(opened.context, metadata, setter);
  return opened;
};

/** Continues the caller's trace. */
export const openServerSpan = (method: string, metadata: Metadata): OpenSpan => {
  const parent = propagation.extract(context.active(), metadata, getter);
  if (!isTraced(parent)) return untraced(parent);
  return open(tracer().startSpan(method, { kind: SpanKind.SERVER, attributes: { 'rpc.system': 'grpc' } }, parent), parent);
};
