import { CodeOptimaError } from '@codeoptima/contracts';
import { Language, type Memory, Tier, Visibility } from '@codeoptima/contracts/memory';
import type { MemoryDraft } from '@codeoptima/experience';
import { z } from 'zod';

const NAMES = { js: Language.JS, ts: Language.TS, python: Language.PYTHON, cpp: Language.CPP } as const;
const VISIBILITIES = { role: Visibility.ROLE, project: Visibility.PROJECT, shared: Visibility.SHARED } as const;
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
});
export type MemoryLine = z.infer<typeof MemoryLine>;

export const lineOf = (memory: Memory): MemoryLine => ({
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
});

/** A text of the record; '' when it has none of that name. */
export function fieldOf(data: MemoryLine['data'], name: string): string {
  const value = data[name];
  return typeof value === 'string' ? value : '';
}

/** A line as the gateway takes it. */
export function draftOfLine({
  id,
  kind,
  visibility,
  language,
  path,
  source,
  text,
  status,
  data,
}: MemoryLine): Omit<MemoryDraft, 'code'> & Partial<Pick<MemoryDraft, 'code'>> {
  const draft = { id, kind, text, status, data: data as MemoryDraft['data'], visibility: VISIBILITIES[visibility], tier: Tier.PROJECT };
  return language === null ? draft : { ...draft, code: { source, language: NAMES[language], path } };
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
