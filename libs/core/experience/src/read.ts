import type { Experience } from '@codeoptima/contracts';
import type { Memory } from '@codeoptima/contracts/memory';
import { KIND_PATTERN, KIND_VERDICT, PatternData, VerdictData } from './records.ts';

/** Examples in payloads are cut to this: the event log keeps them. */
const EXAMPLE_CHARS = 1500;
const REASON_CHARS = 300;

/** The verdict in a memory; null for anything else, and for a record of a form that is not known here. */
export const verdictOf = (memory: Memory): VerdictData | null => {
  const parsed = memory.kind === KIND_VERDICT ? VerdictData.safeParse(memory.data) : null;
  return parsed?.success ? parsed.data : null;
};

/** The mined change in a memory; null as above. */
export const patternOf = (memory: Memory): PatternData | null => {
  const parsed = memory.kind === KIND_PATTERN ? PatternData.safeParse(memory.data) : null;
  return parsed?.success ? parsed.data : null;
};

/** A recalled memory as it travels with the run; null when it is neither a verdict nor a mined change. */
export function experienceOf(memory: Memory, likeness: number, hotspot_id: string): Experience | null {
  const verdict = verdictOf(memory);
  const pattern = patternOf(memory);
  const data = verdict ?? pattern;
  if (data === null) return null;
  return {
    memory_id: memory.id,
    kind: verdict ? 'verdict' : 'pattern',
    hotspot_id,
    likeness: Math.round(likeness * 1000) / 1000,
    rule: verdict?.rule ?? null,
    verdict: verdict?.verdict ?? null,
    gain_pct: verdict?.provable_pct ?? null,
    reason: (verdict?.reason ?? pattern?.message ?? '').slice(0, REASON_CHARS),
    repository: data.repository,
    at_ms: data.at_ms,
    before: (memory.code?.source ?? '').slice(0, EXAMPLE_CHARS),
    after: data.after.slice(0, EXAMPLE_CHARS),
    removed: pattern?.removed ?? [],
  };
}
