import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

export interface ScriptOptions<O extends ParseArgsOptionsConfig> {
  /** What the user typed, such as `npm run bench`; stands before each complaint. */
  name: string;
  /** The whole text of --help, without a last newline. */
  help: string;
  options?: O;
  /** Options that are a number from 0 on. */
  numbers?: readonly (keyof O & string)[];
  /** What an option, or every part of a list with commas, may be. */
  choices?: Partial<Record<keyof O & string, readonly string[]>>;
  /** How many words without a dash are taken. */
  positionals_max?: number;
}

type Parsed<O extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>;

/** One sentence to stderr, exit code 2. */
export function refuse(name: string, sentence: string): never {
  process.stderr.write(`${name}: ${sentence.replace(/\.$/, '')}. --help says what it takes.\n`);
  process.exit(2);
}

/**
 * Reads the command line of a script of this repository. `--help` prints the text and ends with 0; what is wrong ends with 2 and one
 * sentence, before anything is done.
 */
export function scriptArguments<const O extends ParseArgsOptionsConfig>(script: ScriptOptions<O>, args = process.argv.slice(2)): Parsed<O> {
  const { name, help, options = {} as O, numbers = [], choices = {}, positionals_max = 0 } = script;
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${help}\n`);
    process.exit(0);
  }
  const parsed = parse(name, options, args);
  const extra = parsed.positionals[positionals_max];
  if (extra !== undefined) refuse(name, positionals_max === 0 ? `takes no '${extra}'` : `'${extra}' is one word too many`);
  const values = parsed.values as Record<string, unknown>;
  for (const option of numbers) {
    const value = values[option];
    if (typeof value === 'string' && !/^\d+(\.\d+)?$/.test(value)) refuse(name, `--${option} ${value} is no number`);
  }
  for (const [option, known] of Object.entries(choices as Record<string, readonly string[]>)) {
    const value = values[option];
    const wrong = typeof value === 'string' ? value.split(',').find((part) => !known.includes(part)) : undefined;
    if (wrong !== undefined) refuse(name, `--${option} knows no '${wrong}'; there are ${known.join(', ')}`);
  }
  return parsed;
}

function parse<O extends ParseArgsOptionsConfig>(name: string, options: O, args: string[]): Parsed<O> {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Node adds how to write a word that begins with a dash, which nobody meant.
    return refuse(name, ((error as Error).message.split('. ')[0] ?? '').replaceAll('\n', ' '));
  }
}
