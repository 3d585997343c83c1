import { z } from 'zod';

const Languages = z.array(z.enum(['js', 'jsx', 'ts', 'tsx'])).min(1);

/** JavaScript expressions that give the arguments of one call, `[3, 1], NaN`. */
const Inputs = z.array(z.string());

const Fixture = z.strictObject({
  name: z.string(),
  language: z.enum(['js', 'jsx', 'ts', 'tsx']).default('js'),
});

const Fires = Fixture.extend({
  before: z.string(),
  after: z.string(),
  /** Called on both versions when inputs are given: the function `run`. */
  inputs: Inputs.default([]),
});

const Refuses = Fixture.extend({
  code: z.string(),
  /** Name of the step that refuses, or `no match`. */
  because: z.string(),
});

const Behaves = Fixture.extend({ before: z.string(), inputs: Inputs.min(1) });

const Fuzz = z.strictObject({
  /** Program with `{{NAME}}` where one of the choices is put. */
  program: z.string(),
  choices: z.record(z.string(), z.array(z.string()).min(1)).default({}),
  /** Generators of the arguments of `run`, by name. */
  arguments: z.array(z.enum(['numbers', 'strings', 'words', 'text', 'records', 'mixed', 'number', 'string', 'nested', 'callbacks'])),
});

const Edit = z.strictObject({
  do: z.enum(['replace', 'before', 'after', 'module', 'apply', 'remove']),
  at: z.string(),
  text: z.string().default(''),
});

/** One rewrite rule as it stands in its YAML file. */
export const RuleFile = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  languages: Languages.default(['js', 'jsx', 'ts', 'tsx']),
  /** Rule of ast-grep. */
  match: z.record(z.string(), z.unknown()),
  /** Preconditions and bindings in the order they are asked. */
  where: z.array(z.string()),
  edits: z.array(Edit).min(1),
  safety: z.enum(['safe', 'guarded', 'assumes']),
  /** What the rule takes for granted every time; required by the class `assumes`. */
  assumption: z.string().optional(),
  risk: z.string(),
  explanation: z.string(),
  gain: z.strictObject({
    /** Typical ratio old/new at small and large sizes, measured; above 1 is faster. */
    small: z.number().positive(),
    large: z.number().positive(),
    note: z.string(),
  }),
  fixtures: z.strictObject({ fires: z.array(Fires).min(1), refuses: z.array(Refuses).min(1), behaves: z.array(Behaves).default([]) }),
  fuzz: z.array(Fuzz).default([]),
});
export type RuleFile = z.infer<typeof RuleFile>;
