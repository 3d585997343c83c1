import { Verdict } from '@codeoptima/contracts';
import { Language as WireLanguage, Visibility, Tier } from '@codeoptima/contracts/memory';
import type { Language } from '@codeoptima/embedding';
import { z } from 'zod';
import { stableUuid } from './project.ts';

const Common = z.looseObject({
  /** The memory's name of the repository. */
  repository: z.string(),
  file: z.string(),
  symbol: z.string(),
  language: z.enum(['js', 'ts', 'python', 'cpp']),
  function_hash: z.string(),
  /** Text of the function after the change. */
  after: z.string(),
  /** Unix milliseconds of the verdict, or of the commit. */
  at_ms: z.number(),
});

/** What is remembered of a judged candidate; `data` of a memory of the kind `verdict`. */
export const VerdictData = Common.extend({
  schema: z.literal('verdict/1'),
  rule: z.string(),
  change_hash: z.string(),
  candidate_id: z.string(),
  run_id: z.string(),
  title: z.string(),
  verdict: Verdict,
  /** Why, in one sentence. */
  reason: z.string(),
  estimate_pct: z.number().nullable(),
  provable_pct: z.number().nullable(),
  target_pct: z.number(),
  /** Version of the runtime that ran the repository's code. */
  runtime: z.string(),
});
export type VerdictData = z.infer<typeof VerdictData>;

/** A change that people made for speed; `data` of a memory of the kind `pattern`. */
export const PatternData = Common.extend({
  schema: z.literal('pattern/1'),
  commit: z.string(),
  /** Subject and body, cut. */
  message: z.string(),
  /** Costly signs that the change took away, such as `search 1 fixed`. */
  removed: z.array(z.string()),
  /** Why it was taken for a change for speed. */
  evidence: z.array(z.string()),
});
export type PatternData = z.infer<typeof PatternData>;

export const KIND_VERDICT = 'verdict';
export const KIND_PATTERN = 'pattern';

const WIRE: Record<Language, WireLanguage> = {
  js: WireLanguage.JS,
  ts: WireLanguage.TS,
  python: WireLanguage.PYTHON,
  cpp: WireLanguage.CPP,
};
export const wireLanguage = (language: Language): WireLanguage => WIRE[language];

/** A memory as the gateway takes it. */
export interface MemoryDraft {
  id: string;
  kind: string;
  code: { source: string; language: WireLanguage; path: string };
  text: string;
  data: Record<string, never>;
  visibility: Visibility;
  tier: Tier;
  status: string;
}

const SOURCE_CHARS_MAX = 50_000;

const draft = (id: string, kind: string, before: string, data: z.infer<typeof Common>, text: string, status: string): MemoryDraft => ({
  id,
  kind,
  code: { source: before.slice(0, SOURCE_CHARS_MAX), language: WIRE[data.language], path: data.file },
  text,
  data: { ...data, after: data.after.slice(0, SOURCE_CHARS_MAX) } as unknown as Record<string, never>,
  // Repositories of one installation learn from each other; the gateway keeps installations and strangers' projects apart.
  visibility: Visibility.SHARED,
  tier: Tier.PROJECT,
  status,
});

/** The newest verdict on the same idea replaces the one before it. */
export const verdictMemory = (data: VerdictData, before: string): MemoryDraft =>
  draft(
    stableUuid(KIND_VERDICT, data.repository, data.file, data.function_hash, data.rule, data.change_hash, data.runtime),
    KIND_VERDICT,
    before,
    data,
    `${data.title}: ${data.reason}`,
    data.verdict,
  );

/** The same commit mined again is the same memory. */
export const patternMemory = (data: PatternData, before: string): MemoryDraft =>
  draft(
    stableUuid(KIND_PATTERN, data.repository, data.commit, data.file, data.symbol, data.function_hash),
    KIND_PATTERN,
    before,
    data,
    data.message,
    '',
  );
