import type { Observation, StepDigest } from './observation.ts';

export interface SessionResult {
  key: string;
  digests: StepDigest[];
  /** Present when asked for. */
  observations: Observation[] | null;
  /** Why the session could not be run to its end by the harness itself. */
  broken: string | null;
  engine_error: boolean;
  /** Reads of properties of plain data, by `node.key`; empty unless asked for. */
  reads: Record<string, number>;
  /** An opaque token was coerced. */
  tripped: boolean;
  /** Steps that handed out an iterator which no other step uses. */
  iterates: number[];
  /** The code asked for the time, or for something to be done later. */
  timed: boolean;
  /** In the concurrent treatment: the order in which the sessions of the group ended. */
  order: string[];
}

/** What is known of a session before any of its steps. */
export const nothingSeen = (key: string): SessionResult => ({
  key,
  digests: [],
  observations: null,
  broken: null,
  engine_error: false,
  reads: {},
  tripped: false,
  iterates: [],
  timed: false,
  order: [],
});
