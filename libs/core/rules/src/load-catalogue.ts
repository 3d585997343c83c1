import { readdirSync, readFileSync } from 'node:fs';
import { CodeOptimaError } from '@codeoptima/contracts';
import { parse } from 'yaml';
import { compileRule, type Rule } from './rule.ts';
import { RuleFile } from './schema.ts';

const FOLDER = new URL('../catalogue/', import.meta.url);

let cached: readonly Rule[] | null = null;

function loadRule(file: string): Rule {
  const parsed = RuleFile.safeParse(parse(readFileSync(new URL(file, FOLDER), 'utf8')));
  if (!parsed.success)
    throw new CodeOptimaError('internal', `rule file ${file} is wrong: ${parsed.error.message}`, { ids: { path: file } });
  if (`${parsed.data.id}.yaml` !== file)
    throw new CodeOptimaError('internal', `rule file ${file} holds the rule ${parsed.data.id}`, { ids: { path: file } });
  return compileRule(parsed.data);
}

/** Every rule of the catalogue, in the order of their ids. The only input of this package: its own YAML files, read once. */
export function loadCatalogue(): readonly Rule[] {
  cached ??= readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map(loadRule);
  return cached;
}
