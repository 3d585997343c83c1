import { type MsgHdrs, headers } from '@nats-io/transport-node';
import { type Context, SpanKind, context, propagation, trace } from '@opentelemetry/api';

const setter = { set: (carrier: MsgHdrs, key: string, value: string) => carrier.set(key, value) };
const getter = { keys: (carrier: MsgHdrs) => carrier.keys(), get: (carrier: MsgHdrs, key: string) => carrier.get(key) || undefined };

/** Headers with the trace context (W3C traceparent): the caller's, or the given one when a message is published later than it arose. */
export const traceHeaders = (traceparent?: string): MsgHdrs => {
  const carrier = headers();
  if (traceparent === undefined) propagation.inject(context.active(), carrier, setter);
  else if (traceparent !== '') carrier.set('traceparent', traceparent);
  return carrier;
};

/** The context that a message carries; the active one when it carries none. */
export const contextOf = (carrier: MsgHdrs | undefined): Context =>
  carrier === undefined ? context.active() : propagation.extract(context.active(), carrier, getter);

/** Runs a handler inside a consumer span that continues the message's trace; without a span when the message belongs to none, as beats. */
export const inMessageSpan = <T>(subject: string, carrier: MsgHdrs | undefined, handle: () => T): T => {
  const parent = contextOf(carrier);
  if (trace.getSpanContext(parent) === undefined) return context.with(parent, handle);
  const attributes = { 'messaging.system': 'nats', 'messaging.destination.name': subject };
  const span = trace.getTracer('@codeoptima/bus').startSpan(`receive ${subject}`, { kind: SpanKind.CONSUMER, attributes }, parent);
  try {
    return context.with(trace.setSpan(parent, span), handle);
  } finally {
    span.end();
  }
};
