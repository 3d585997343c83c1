import type { JsonObject, MessageInitShape } from '@bufbuild/protobuf';
import { Language, type MemorySchema, Tier, Visibility } from '@codeoptima/contracts/memory';
import type { Placed, TierName } from './record.ts';

const TIERS: Record<TierName, Tier> = { hot: Tier.HOT, project: Tier.PROJECT, historical: Tier.HISTORICAL };
const VISIBILITIES = { role: Visibility.ROLE, project: Visibility.PROJECT, shared: Visibility.SHARED } as const;
const LANGUAGES = { js: Language.JS, ts: Language.TS, python: Language.PYTHON, cpp: Language.CPP } as const;

export const tierOf = (tier: TierName): Tier => TIERS[tier];

export const timestamp = (ms: number) => ({ seconds: BigInt(Math.floor(ms / 1_000)), nanos: Math.round(ms % 1_000) * 1_000_000 });

/** Milliseconds of a timestamp of the wire. */
export const milliseconds = (time: { seconds: bigint; nanos: number }): number => Number(time.seconds) * 1_000 + time.nanos / 1e6;

/** A kept memory as callers see it. */
export const answerOf = ({ tier, record }: Placed, now_ms: number): MessageInitShape<typeof MemorySchema> => ({
  id: record.id,
  kind: record.kind,
  ...(record.code === null
    ? {}
    : {
        code: {
          source: record.code.source,
          language: record.code.language === null ? Language.UNSPECIFIED : LANGUAGES[record.code.language],
          imports: [...record.code.context.imports],
          callers: [...record.code.context.callers],
          path: record.code.context.path,
        },
      }),
  text: record.text,
  data: record.data as JsonObject,
  visibility: VISIBILITIES[record.visibility],
  tier: TIERS[tier],
  ttlS: record.expires_at_ms > 0 ? BigInt(Math.max(0, Math.ceil((record.expires_at_ms - now_ms) / 1_000))) : 0n,
  task: record.task,
  status: record.status,
  dependsOn: record.depends_on,
  priority: record.priority,
  project: record.project,
  role: record.role,
  agent: record.agent,
  createdAt: timestamp(record.created_at_ms),
  updatedAt: timestamp(record.updated_at_ms),
  ...(record.recalled_at_ms > 0 ? { recalledAt: timestamp(record.recalled_at_ms) } : {}),
  recalls: BigInt(record.recalls),
  embeddingVersion: record.embedding_version,
});
