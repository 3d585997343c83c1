import { type Captured, workloadFromCaptured } from '@codeoptima/behaviour';
import { bucketOf } from './histogram.ts';

type Session = Captured['sessions'][number];
type Value = Session['steps'][number]['self'];

/** Captured calls of one size, as a workload of their own. */
export interface SizeClass {
  /** Median size of its calls, at least 1. */
  size: number;
  text: string;
}

const CLASSES_MAX = 3;
/** Calls of one size in an operation at most. */
const CALLS_MAX = 10;
/** How every call begins in the text of a workload. */
const CASE = '{ make: () =>';

/** The longest text, list or collection among the arguments of the last call, as the histogram counts it. */
export function sizeOfSession(session: Session): number {
  const last = session.steps.at(-1);
  return last ? Math.max(0, ...[last.self, ...last.args].map((value) => sizeOfValue(value, session))) : 0;
}

function sizeOfValue(value: Value, session: Session): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || !('r' in value)) return 0;
  const node = session.nodes[value.r];
  if (node?.k === 'array') return node.length ?? node.items.length * (node.times ?? 1);
  if (node?.k === 'view') return node.length;
  if (node?.k === 'set') return node.items.length;
  return node?.k === 'map' ? node.entries.length : 0;
}

/**
 * The recorded calls of a changed function by size: the smallest sizes, the largest, and one between, each as an operation of equally many
 * calls. Only calls of the changed functions themselves are told apart, since only their sizes were counted; sealed ones take part.
 */
export function sizeClasses(captured: Captured): SizeClass[] {
  const changed = new Set(captured.functions.map(({ meta }) => meta.id));
  const byBucket = new Map<number, Session[]>();
  for (const session of captured.sessions) {
    const id = session.steps.at(-1)?.id;
    if (session.level !== 'entry' || id === undefined || !changed.has(id)) continue;
    const bucket = bucketOf(sizeOfSession(session));
    byBucket.set(bucket, [...(byBucket.get(bucket) ?? []), session]);
  }
  const writable = [...byBucket]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, sessions]) => {
      const text = workloadOf(captured, sessions, CALLS_MAX);
      return text === null ? [] : [{ sessions, calls: text.split(CASE).length - 1 }];
    });
  const chosen =
    writable.length <= CLASSES_MAX
      ? writable
      : [0, writable.length >> 1, writable.length - 1].map((index) => writable[index] as (typeof writable)[number]);
  const calls = Math.min(...chosen.map((item) => item.calls));
  return chosen.flatMap(({ sessions }): SizeClass[] => {
    const text = workloadOf(captured, sessions, calls);
    const sizes = sessions.map(sizeOfSession).toSorted((a, b) => a - b);
    return text === null ? [] : [{ size: Math.max(1, sizes[sizes.length >> 1] ?? 1), text }];
  });
}

function workloadOf(captured: Captured, sessions: readonly Session[], calls_max: number): string | null {
  const ids = new Set(sessions.map((session) => session.steps.at(-1)?.id));
  const meta = captured.functions.find((item) => ids.has(item.meta.id))?.meta;
  if (!meta) return null;
  const own = sessions.filter((session) => session.steps.at(-1)?.id === meta.id);
  try {
    return workloadFromCaptured({
      captured: { ...captured, sessions: own, sealed: new Set() },
      symbol: meta.symbol,
      file: meta.file,
      calls_max,
    });
  } catch {
    return null; // its values cannot be written as source
  }
}
