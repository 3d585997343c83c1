import { type Code, Language, type Memory, Tier, Visibility } from '@codeoptima/contracts/memory';
import { CodeOptimaError } from '@codeoptima/contracts';
import { derivedId, uuid } from './identity.ts';
import type { CodeRecord, Json, Placed, TierName, VisibilityName } from './record.ts';
import { milliseconds } from './answer.ts';
import type { Scope } from './scope.ts';

const CHARS_MAX = 200_000;
const DATA_BYTES_MAX = 256 * 1024;
const TTL_S_MAX = 365 * 86_400;
const WORD_MAX = 256;
const LIST_MAX = 256;

const LANGUAGES = { [Language.JS]: 'js', [Language.TS]: 'ts', [Language.PYTHON]: 'python', [Language.CPP]: 'cpp' } as const;
const TIER_NAMES: Partial<Record<number, TierName>> = { [Tier.HOT]: 'hot', [Tier.PROJECT]: 'project', [Tier.HISTORICAL]: 'historical' };
const VISIBILITY_NAMES: Partial<Record<number, VisibilityName>> = {
  [Visibility.ROLE]: 'role',
  [Visibility.PROJECT]: 'project',
  [Visibility.SHARED]: 'shared',
};

const wrong = (sentence: string): never => {
  throw new CodeOptimaError('bad_input', sentence);
};

const bounded = (text: string, limit: number, what: string): string =>
  text.length <= limit ? text : wrong(`${what} has ${text.length} characters; at most ${limit} are kept.`);
const listed = (list: string[], what: string): string[] =>
  list.length <= LIST_MAX ? list.map((text) => bounded(text, WORD_MAX, what)) : wrong(`${what} has more than ${LIST_MAX} entries.`);

export const tierName = (tier: Tier, otherwise: TierName): TierName =>
  tier === Tier.UNSPECIFIED ? otherwise : (TIER_NAMES[tier] ?? wrong(`tier ${tier} is not known.`));

/** @throws CodeOptimaError `bad_input` for an empty or overlong source or an unknown language. */
export const codeOf = ({ source, language, imports, callers, path }: Code): CodeRecord => {
  if (source.trim() === '') wrong('code.source is empty.');
  const known = language === Language.UNSPECIFIED ? null : LANGUAGES[language as keyof typeof LANGUAGES];
  if (known === undefined) wrong(`language ${language} is not known.`);
  return {
    source: bounded(source, CHARS_MAX, 'code.source'),
    language: known ?? null,
    context: { imports: listed(imports, 'code.imports'), callers: listed(callers, 'code.callers'), path: bounded(path, 1024, 'code.path') },
  };
};

const contentOf = (memory: Memory): { code: CodeRecord | null; text: string; data: { [key: string]: Json } } => {
  if (memory.code === undefined && memory.text.trim() === '') wrong('a memory needs code or text to be found by.');
  const data = (memory.data ?? {}) as { [key: string]: Json };
  const size = Buffer.byteLength(JSON.stringify(data));
  if (size > DATA_BYTES_MAX) wrong(`data is ${size} bytes of JSON; at most ${DATA_BYTES_MAX} are kept.`);
  return {
    code: memory.code === undefined ? null : codeOf(memory.code),
    text: bounded(memory.text, CHARS_MAX, 'text'),
    data,
  };
};

/** Without an id of its own a memory is known by what it says, so that the same thing said twice is one memory. */
const idOf = (memory: Memory, visibility: VisibilityName, scope: Scope, content: ReturnType<typeof contentOf>): string => {
  if (memory.id !== '') return uuid(memory.id, 'memory.id');
  const owner = visibility === 'role' ? scope.role : '';
  return derivedId('memory', scope.project, owner, memory.kind, memory.task, JSON.stringify([content.code, content.text, content.data]));
};

/** What a copy brings with it of the life of its original. @throws CodeOptimaError `bad_input` for what cannot have been. */
const historyOf = (memory: Memory, now_ms: number) => {
  const at = (time: Memory['createdAt'], otherwise: number, what: string): number => {
    if (time === undefined) return otherwise;
    const ms = milliseconds(time);
    return ms > 0 ? Math.min(ms, now_ms) : wrong(`memory.${what} is before 1970.`);
  };
  if (memory.recalls < 0n) wrong('memory.recalls is negative.');
  const created_at_ms = at(memory.createdAt, now_ms, 'created_at');
  return {
    agent: bounded(memory.agent, 128, 'agent'),
    created_at_ms,
    updated_at_ms: at(memory.updatedAt, created_at_ms, 'updated_at'),
    recalled_at_ms: at(memory.recalledAt, 0, 'recalled_at'),
    recalls: Number(memory.recalls),
  };
};

export interface RememberDefaults {
  now_ms: number;
  hot_ttl_ms: number;
  embedding_version: string;
}

/** What a caller asked to remember, checked and filled in. @throws CodeOptimaError `bad_input` with what is wrong. */
export const placedOf = (memory: Memory, scope: Scope, defaults: RememberDefaults, keep_history = false): Placed => {
  if (!/^[\w./:@-]{1,64}$/.test(memory.kind)) wrong('memory.kind must be 1 to 64 characters of letters, digits and . _ - / : @.');
  if (memory.priority < -100 || memory.priority > 100) wrong(`memory.priority ${memory.priority} is not between -100 and 100.`);
  const ttl_s = Number(memory.ttlS);
  if (ttl_s < 0 || ttl_s > TTL_S_MAX) wrong(`memory.ttl_s ${ttl_s} is not between 0 and ${TTL_S_MAX}.`);
  const tier = tierName(memory.tier, 'hot');
  if (tier !== 'hot' && ttl_s > 0) wrong('memory.ttl_s is for the hot tier alone.');
  const visibility =
    memory.visibility === Visibility.UNSPECIFIED
      ? 'project'
      : (VISIBILITY_NAMES[memory.visibility] ?? wrong(`visibility ${memory.visibility} is not known.`));
  const content = contentOf(memory);
  const { now_ms, hot_ttl_ms, embedding_version } = defaults;
  const record = {
    id: idOf(memory, visibility, scope, content),
    kind: memory.kind,
    ...content,
    visibility,
    project: scope.project,
    role: scope.role,
    agent: scope.agent,
    task: bounded(memory.task, WORD_MAX, 'task'),
    status: bounded(memory.status, WORD_MAX, 'status'),
    depends_on: listed(memory.dependsOn, 'depends_on').map((id) => uuid(id, 'memory.depends_on')),
    priority: memory.priority,
    created_at_ms: now_ms,
    updated_at_ms: now_ms,
    recalled_at_ms: 0,
    recalls: 0,
    expires_at_ms: tier === 'hot' ? now_ms + (ttl_s > 0 ? ttl_s * 1_000 : hot_ttl_ms) : 0,
    embedding_version,
    ...(keep_history ? historyOf(memory, now_ms) : {}),
  };
  return { tier, record };
};
