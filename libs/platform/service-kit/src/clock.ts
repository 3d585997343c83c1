import { randomUUID } from 'node:crypto';

/** Where time comes from. Passed as an argument, so that tests can hold it still. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. May jump; for records only. */
  now_ms: () => number;
  /** Never goes back; for everything that is measured or judged. Its zero means nothing. */
  monotonic_ms: () => number;
}

export const systemClock: Clock = { now_ms: () => Date.now(), monotonic_ms: () => performance.now() };

/** Where ids come from. */
export interface Ids {
  uuid: () => string;
}

export const systemIds: Ids = { uuid: () => randomUUID() };
