import { resolveConfig } from '@codeoptima/config';
import type { CliContext } from '../context.ts';
import { badInput } from '../errors.ts';
import { findRepository } from '../preflight/repository.ts';
import { type FlagTexts, flagValues } from '../preflight/request.ts';
import { columns, printable } from '../text.ts';
import { type CliCommand, type CommonOptions, dataDir, printJson, withCommon } from './options.ts';
import { addConfigFlags } from './run.ts';

interface ConfigOptions extends CommonOptions {
  config?: string;
}

export const configCommand: CliCommand = {
  register(program, context) {
    const group = program.command('config').summary('work with codeoptima.toml').description('Work with codeoptima.toml.');
    const check = withCommon(group.command('check'))
      .summary('check codeoptima.toml and show every value')
      .description('Checks codeoptima.toml and prints every value with where it comes from: a flag, a line of the file, or the default.')
      .argument('[repository]', 'path of a git repository, or a git URL', '.')
      .option('--config <file>', "read this file in place of the repository's codeoptima.toml")
      .addHelpText('after', '\nExamples:\n  codeoptima config check\n  codeoptima config check ~/src/library --target 10 --json\n');
    addConfigFlags(check);
    check.action((target: string, options: ConfigOptions) => run(target, options, context));
  },
};

async function run(target: string, options: ConfigOptions, context: CliContext): Promise<void> {
  const found = await findRepository(target, {
    cwd: context.cwd,
    data_dir: dataDir(options, context),
    ref: null,
    config: options.config ?? null,
  });
  const flags = await flagValues(options as unknown as FlagTexts, context.cwd);
  const result = resolveConfig({ text: found.config_text, flags, file: found.config_file });
  if (!result.ok) throw badInput(result.problems.map(({ message }) => message).join('\n'));
  if (options.json === true) {
    printJson(context, { ok: true, config: result.config, origins: result.origins });
    return;
  }
  const rows = result.origins.map(({ key, value, origin, where }) => [key, shown(value), where === null ? origin : `${origin} (${where})`]);
  context.out(`${columns([['KEY', 'VALUE', 'FROM'], ...rows])}\n`);
}

const shown = (value: unknown): string => {
  const text = value === undefined ? '-' : printable(JSON.stringify(value));
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
};
