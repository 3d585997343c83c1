export type { Bus, PublishOptions } from './bus.ts';
export { type BusOptions, connectBus } from './connect-bus.ts';
export type { Unsubscribe } from './connection-state.ts';
export { type BusLog, type OpenBusOptions, openBus } from './open-bus.ts';
export { inMessageSpan, traceHeaders } from './tracing.ts';
export type { ReceivedWakeUp, WakeUpSource } from './wake-ups.ts';
