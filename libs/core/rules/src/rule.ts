import { CodeOptimaError } from '@codeoptima/contracts';
import type { RuleFile } from './schema.ts';
import { STEPS } from './steps/registry.ts';

/** One line of `where`: a named step, its arguments, and the variable that takes its value. */
export interface StepCall {
  name: string;
  args: string[];
  into: string | null;
}

export interface Rule extends Omit<RuleFile, 'where'> {
  where: StepCall[];
}

const LINE = /^(?:\$([A-Z][A-Z0-9_]*) = )?([a-z_]+)((?: (?:\$[A-Z][A-Z0-9_]*|'[^']*'|[\w.-]+))*)$/;

function parseStep(rule: string, line: string): StepCall {
  const [, into, name, rest] = LINE.exec(line) ?? [];
  if (name === undefined || rest === undefined) throw new CodeOptimaError('internal', `rule ${rule}: cannot read the step "${line}"`);
  if (!STEPS.has(name)) throw new CodeOptimaError('internal', `rule ${rule}: there is no step "${name}"`);
  const args = rest.match(/\$[A-Z][A-Z0-9_]*|'[^']*'|[\w.-]+/g) ?? [];
  return { name, args, into: into ?? null };
}

export function compileRule(file: RuleFile): Rule {
  if (file.safety === 'assumes' && file.assumption === undefined) {
    throw new CodeOptimaError('internal', `rule ${file.id} assumes something and does not say what`);
  }
  return { ...file, where: file.where.map((line) => parseStep(file.id, line)) };
}
