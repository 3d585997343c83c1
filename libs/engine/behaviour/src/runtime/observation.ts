import { createHash } from 'node:crypto';
import { Encoder } from './encode.ts';
import type { Graph, Value } from './graph.ts';

/** What a step did, as canonical JSON: equal text means equal behaviour. */
export interface Observation {
  /** Outcome, receiver, arguments, then callback calls and output, all in one table so that sharing shows. */
  kind: 'return' | 'throw' | 'yields' | 'resolve' | 'reject' | 'pending' | 'final';
  roots: Record<string, Value>;
  graph: Graph;
  calls: { callback: number; phase: string; text: string }[];
  written: [string, string][];
  /** In words of util.inspect; the expectation of a generated test. */
  inspected?: string;
  /** Number of the step, of calls that were all made before any was waited for. */
  at_once?: number;
  /** What timers did after the last step. */
  timers?: true;
  /** The step that handed out the iterator of which this is the rest. */
  left?: number;
}

export interface StepDigest {
  kind: Observation['kind'];
  /** Hash without internal state, and with it. */
  public: string;
  full: string;
  /** A step of the harness's own that the code could not take: says nothing. */
  engine?: true;
}

/** Names that a class keeps for itself by convention or declaration. */
export function internalKey(names: Set<string>) {
  return (_owner: object, key: string | symbol, isInstance: boolean): boolean =>
    isInstance && (typeof key === 'symbol' ? Symbol.keyFor(key) === undefined : key.startsWith('_') || names.has(key));
}

function digest(value: unknown): string {
  return createHash('sha1').update(JSON.stringify(value)).digest('base64').slice(0, 16);
}

export interface Subject {
  kind: Observation['kind'];
  values: Record<string, unknown>;
  calls: Observation['calls'];
  written: [string, string][];
}

/** Encodes one step's outcome: what it shows, and its digests without and with what instances keep to themselves. */
export function observe(
  subject: Subject,
  makeEncoder: (hideInternal: boolean) => Encoder,
  extra: Pick<Observation, 'at_once'> = {},
): { seen: Observation; digests: Pick<StepDigest, 'public' | 'full'> } {
  const outside = makeEncoder(true);
  const seen = { ...written(subject, outside), ...extra };
  const shown = digest(seen);
  // Without instances there is nothing that one would keep to itself.
  const full = outside.hasInstances ? digest({ ...written(subject, makeEncoder(false)), ...extra }) : shown;
  return { seen, digests: { public: shown, full } };
}

function written(subject: Subject, encoder: Encoder): Observation {
  const entries = Object.entries(subject.values);
  // What was handed in is written first: as what it is to its owner, not as a part of an instance that keeps it.
  const values = new Map([...entries].reverse().map(([name, value]) => [name, encoder.value(value)]));
  const roots = Object.fromEntries(entries.map(([name]): [string, Value] => [name, values.get(name) as Value]));
  return { kind: subject.kind, roots, graph: { nodes: encoder.nodes }, calls: subject.calls, written: subject.written };
}
