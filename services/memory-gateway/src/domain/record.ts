import type { Context, Language } from '@codeoptima/embedding';

export const TIERS = ['hot', 'project', 'historical'] as const;
export type TierName = (typeof TIERS)[number];
export type VisibilityName = 'role' | 'project' | 'shared';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface CodeRecord {
  source: string;
  /** null: not said; read as TypeScript, whose tokens the others mostly share. */
  language: Language | null;
  context: Required<Context>;
}

/** A memory as it is kept: one point of a tier's collection, this its payload. Times in milliseconds since 1970. */
export interface MemoryRecord {
  id: string;
  kind: string;
  code: CodeRecord | null;
  text: string;
  data: { [key: string]: Json };
  visibility: VisibilityName;
  project: string;
  role: string;
  agent: string;
  task: string;
  status: string;
  depends_on: string[];
  priority: number;
  created_at_ms: number;
  updated_at_ms: number;
  /** 0: never. */
  recalled_at_ms: number;
  recalls: number;
  /** Hot tier: when it leaves; 0 elsewhere. */
  expires_at_ms: number;
  embedding_version: string;
}

/** A record with the tier it lies in. */
export interface Placed {
  tier: TierName;
  record: MemoryRecord;
}
