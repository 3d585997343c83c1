import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Context, Language } from '@codeoptima/embedding';
import { loadCatalogue } from '@codeoptima/rules';
import { parse } from 'yaml';
import { z } from 'zod';
import { DOMAINS, type Domain, pick, render, seeded } from './render.ts';

const Templates = z.strictObject({
  js: z.array(z.string()).default([]),
  python: z.array(z.string()).default([]),
  cpp: z.array(z.string()).default([]),
});
const Pattern = Templates.extend({
  id: z.string(),
  /** Rules whose fixtures show the same fix. */
  rules: z.array(z.string()).default([]),
  /** The same functions after the fix: names, length and most words alike, the slow pattern gone. */
  fixed: Templates.prefault({}),
});
type Pattern = z.infer<typeof Pattern>;
const KINDS = ['js', 'python', 'cpp'] as const;

/** One function of the labelled set. */
export interface Specimen {
  /** Pattern that slows it down; null for a hard negative. */
  pattern: string | null;
  /** Renderings of one template are never counted as found: that would only be the same code with other names. */
  variant: string;
  language: Language;
  source: string;
  context: Context;
}

export interface LabelledSet {
  specimens: Specimen[];
  patterns: string[];
  /** Patterns that were never looked at while weights and features were chosen: half of them, by the hash of their names. */
  held_out: ReadonlySet<string>;
}

const folder = new URL('patterns/', import.meta.url);
const RENDERINGS = 2;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

export function buildLabelledSet(seed: number): LabelledSet {
  const random = seeded(seed);
  const patterns = readdirSync(folder)
    .toSorted()
    .flatMap((file) => z.array(Pattern).parse(parse(readFileSync(new URL(file, folder), 'utf8'))));
  const specimens = patterns.flatMap((pattern) => [...fromTemplates(pattern, random), ...fromRules(pattern, random)]);
  const ids = patterns.map(({ id }) => id);
  return { specimens, patterns: ids, held_out: new Set(ids.toSorted((a, b) => (digest(a) < digest(b) ? -1 : 1)).slice(ids.length >> 1)) };
}

const EXTENSION: Record<Language, string> = { js: 'js', ts: 'ts', python: 'py', cpp: 'cc' };

const contextOf = (domain: Domain, language: Language, random: () => number): Context => ({
  imports: [pick(random, domain.item), pick(random, ['config', 'log', 'metrics', 'store'])],
  callers: [pick(random, domain.fn)],
  path: `src/${domain.folder}/${pick(random, domain.item)}.${EXTENSION[language]}`,
});

function fromTemplates(pattern: Pattern, random: () => number): Specimen[] {
  const made: Specimen[] = [];
  const add = (label: string | null, kind: (typeof KINDS)[number], template: string, variant: string): void => {
    for (let turn = 0; turn < RENDERINGS; turn++) {
      const { source, language, domain } = render(template, kind, random);
      made.push({ pattern: label, variant, source, language, context: contextOf(domain, language, random) });
    }
  };
  for (const kind of KINDS) {
    for (const [index, template] of pattern[kind].entries()) add(pattern.id, kind, template, `${pattern.id}/${kind}/${index}`);
    for (const [index, template] of pattern.fixed[kind].entries()) add(null, kind, template, `${pattern.id}/fixed/${kind}/${index}`);
  }
  return made;
}

/** The rules' own examples, with their names replaced: before the rewrite, and after it as hard negatives. */
function fromRules(pattern: Pattern, random: () => number): Specimen[] {
  return loadCatalogue()
    .filter((rule) => pattern.rules.includes(rule.id))
    .flatMap((rule) =>
      rule.fixtures.fires.flatMap((fixture, index): Specimen[] => {
        const language = fixture.language.startsWith('ts') ? 'ts' : 'js';
        const domain = pick(random, DOMAINS);
        const rename = renamer(domain, random);
        const variant = `${pattern.id}/${rule.id}/${index}`;
        const rest = { language, context: contextOf(domain, language, random) } as const;
        return [
          { pattern: pattern.id, variant, source: rename(fixture.before), ...rest },
          { pattern: null, variant: `${variant}/fixed`, source: rename(fixture.after), ...rest },
        ];
      }),
    );
}

const DECLARED = /\b(?:function|const|let|var)\s+([a-zA-Z_$]\w*)|\(([a-zA-Z_$][\w$, ]*)\)\s*(?:=>|\{)|\b([a-zA-Z_$]\w*)\s*=>/g;

/** Gives every declared name of a fixture a name of the domain. */
function renamer(domain: Domain, random: () => number): (source: string) => string {
  const given = new Map<string, string>();
  const pool = [...domain.list, ...domain.item, ...domain.out, ...domain.n, ...domain.key];
  return (source) => {
    for (const [, one, several = '', arrow] of source.matchAll(DECLARED)) {
      for (const name of [one, arrow, ...several.split(',')]) {
        const plain = name?.trim() ?? '';
        if (/^\w+$/.test(plain) && !given.has(plain))
          given.set(plain, plain === 'run' ? pick(random, domain.fn) : `${pick(random, pool)}${given.size > 9 ? given.size : ''}`);
      }
    }
    return source.replace(/(?<![.\w'"])[a-zA-Z_$]\w*(?!\s*:)/g, (name) => given.get(name) ?? name);
  };
}
