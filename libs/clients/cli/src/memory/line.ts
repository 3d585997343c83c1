import { CodeOptimaError } from '@codeoptima/contracts';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { type Timestamp, timestampFromDate, timestampDate } from '@bufbuild/protobuf/wkt';
import { Language, type Memory, type MemorySchema, Tier, Visibility } from '@codeoptima/contracts/memory';
import type { MemoryDraft } from '@codeoptima/experience';
import { z } from 'zod';

const NAMES = { js: Language.JS, ts: Language.TS, python: Language.PYTHON, cpp: Language.CPP } as const;
const VISIBILITIES = { role: Visibility.ROLE, project: Visibility.PROJECT, shared: Visibility.SHARED } as const;
const TIERS = { hot: Tier.HOT, project: Tier.PROJECT, historical: Tier.HISTORICAL } as const;
const tierOf = (tier: Tier): keyof typeof TIERS =>
  (Object.keys(TIERS) as (keyof typeof TIERS)[]).find((name) => TIERS[name] === tier) ?? 'project';
const visibilityOf = (visibility: Visibility): keyof typeof VISIBILITIES =>
  (Object.keys(VISIBILITIES) as (keyof typeof VISIBILITIES)[]).find((name) => VISIBILITIES[name] === visibility) ?? 'project';
const nameOf = (language: Language): keyof typeof NAMES | null =>
  (Object.keys(NAMES) as (keyof typeof NAMES)[]).find((name) => NAMES[name] === language) ?? null;

/** One memory as `export` and `mine --out` write it, one JSON object on a line, and `import` reads it. */
export const MemoryLine = z.strictObject({
  id: z.uuid(),
  kind: z.string().min(1).max(64),
  /** The memory's name of the repository that owns it. */
  project: z.string().regex(/^[\w./:@-]{1,128}$/),
  /** Who may see it; what runs and histories teach is shared. */
  visibility: z.enum(['role', 'project', 'shared']).default('shared'),
  language: z.enum(['js', 'ts', 'python', 'cpp']).nullable(),
  path: z.string(),
  source: z.string().max(200_000),
  text: z.string().max(200_000),
  status: z.string(),
  data: z.record(z.string(), z.json()),
  imports: z.array(z.string()).default([]),
  callers: z.array(z.string()).default([]),
  tier: z.enum(['hot', 'project', 'historical']).default('project'),
  /** Hot tier: when it leaves. */
  expires_at: z.iso.datetime().nullable().default(null),
  priority: z.int().min(-100).max(100).default(0),
  task: z.string().default(''),
  depends_on: z.array(z.uuid()).default([]),
  role: z
    .string()
    .regex(/^[\w./:@-]{1,128}$/)
    .default('cli'),
  agent: z.string().default(''),
  /** null: the moment of its import. */
  created_at: z.iso.datetime().nullable().default(null),
  updated_at: z.iso.datetime().nullable().default(null),
  recalled_at: z.iso.datetime().nullable().default(null),
  recalls: z.int().min(0).default(0),
});
export type MemoryLine = z.infer<typeof MemoryLine>;

const iso = (time: Timestamp | undefined): string | null => (time === undefined ? null : timestampDate(time).toISOString());

/** `now_ms`: when the memory was recalled, from which its time to live counts. */
export const lineOf = (memory: Memory, now_ms: number): MemoryLine => ({
  id: memory.id,
  kind: memory.kind,
  project: memory.project,
  visibility: visibilityOf(memory.visibility),
  language: nameOf(memory.code?.language ?? Language.UNSPECIFIED),
  path: memory.code?.path ?? '',
  source: memory.code?.source ?? '',
  text: memory.text,
  status: memory.status,
  data: (memory.data ?? {}) as MemoryLine['data'],
  imports: memory.code?.imports ?? [],
  callers: memory.code?.callers ?? [],
  tier: tierOf(memory.tier),
  expires_at: memory.ttlS > 0n ? new Date(now_ms + Number(memory.ttlS) * 1_000).toISOString() : null,
  priority: memory.priority,
  task: memory.task,
  depends_on: memory.dependsOn,
  role: memory.role,
  agent: memory.agent,
  created_at: iso(memory.createdAt),
  updated_at: iso(memory.updatedAt),
  recalled_at: iso(memory.recalledAt),
  recalls: Number(memory.recalls),
});

export const lineOfDraft = (draft: MemoryDraft, project: string): MemoryLine => ({
  id: draft.id,
  kind: draft.kind,
  project,
  visibility: visibilityOf(draft.visibility),
  language: nameOf(draft.code.language),
  path: draft.code.path,
  source: draft.code.source,
  text: draft.text,
  status: draft.status,
  data: draft.data,
  imports: [],
  callers: [],
  tier: tierOf(draft.tier),
  expires_at: null,
  priority: 0,
  task: '',
  depends_on: [],
  role: 'cli',
  agent: '',
  created_at: null,
  updated_at: null,
  recalled_at: null,
  recalls: 0,
});

/** A text of the record; '' when it has none of that name. */
export function fieldOf(data: MemoryLine['data'], name: string): string {
  const value = data[name];
  return typeof value === 'string' ? value : '';
}

/** Whether its time to live ended before it could be kept again. */
export const isOver = ({ tier, expires_at }: MemoryLine, now_ms: number): boolean =>
  tier === 'hot' && expires_at !== null && Date.parse(expires_at) <= now_ms;

/** A line as the gateway takes it. */
export function memoryOfLine(line: MemoryLine, now_ms: number): MessageInitShape<typeof MemorySchema> {
  const { id, kind, language, path, source, imports, callers, text, status, task, priority, agent } = line;
  const time = (field: 'created_at' | 'updated_at' | 'recalled_at') =>
    line[field] === null ? null : timestampFromDate(new Date(line[field]));
  const [createdAt, updatedAt, recalledAt] = [time('created_at'), time('updated_at'), time('recalled_at')];
  const code = { source, language: language === null ? Language.UNSPECIFIED : NAMES[language], path, imports, callers };
  const ttl_ms = line.tier === 'hot' && line.expires_at !== null ? Date.parse(line.expires_at) - now_ms : 0;
  return {
    id,
    kind,
    text,
    status,
    task,
    priority,
    agent,
    data: line.data as MessageInitShape<typeof MemorySchema>['data'] & object,
    visibility: VISIBILITIES[line.visibility],
    tier: TIERS[line.tier],
    ttlS: BigInt(Math.ceil(ttl_ms / 1_000)),
    dependsOn: line.depends_on,
    recalls: BigInt(line.recalls),
    ...(source === '' ? {} : { code }),
    ...(createdAt ? { createdAt } : {}),
    ...(updatedAt ? { updatedAt } : {}),
    ...(recalledAt ? { recalledAt } : {}),
  };
}

/** Lines of a file. @throws CodeOptimaError `bad_input` with the file and line that is wrong */
export function parseLines(text: string, file: string): MemoryLine[] {
  return text.split('\n').flatMap((line, index): MemoryLine[] => {
    if (line.trim() === '') return [];
    const at = `${file}:${index + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new CodeOptimaError('bad_input', `${at} is not JSON: give a file that \`codeoptima memory export\` or \`mine --out\` wrote.`);
    }
    const parsed = MemoryLine.safeParse(value);
    if (parsed.success) return [parsed.data];
    const issue = parsed.error.issues[0];
    throw new CodeOptimaError('bad_input', `${at} is no memory: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`);
  });
}
