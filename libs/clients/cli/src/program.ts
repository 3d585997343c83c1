import { CodeOptimaError, EXIT_BAD_INPUT } from '@codeoptima/contracts';
import { Command, CommanderError } from 'commander';
import { COMMANDS } from './commands/index.ts';
import type { CliContext } from './context.ts';
import { errorObject, exitCodeOf } from './errors.ts';
import { printable } from './text.ts';

const HELP = `
Start here:
  codeoptima doctor                 is everything here that a run needs?
  codeoptima run ~/src/library      optimise a repository; its working tree is never touched
  codeoptima report RUN --open      look at the evidence
  codeoptima approve RUN --merge    sign it

Every command takes --json and --data-dir. "codeoptima run --help" lists the exit codes.
`;

/** The command line, ready to parse. */
export function buildProgram(context: CliContext): Command {
  const program = new Command('codeoptima')
    .description('Finds slow code in a JavaScript or TypeScript repository, fixes it, proves the fix, and leaves a branch to sign.')
    .version('0.1.0')
    .showSuggestionAfterError()
    .addHelpText('after', HELP);
  for (const command of COMMANDS) command.register(program, context);
  for (const command of allCommands(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => context.out(text),
      // The error itself is printed once, by the caller of the program.
      outputError: () => undefined,
    });
  }
  return program;
}

const allCommands = (command: Command): Command[] => [command, ...command.commands.flatMap(allCommands)];

/** Runs one command line. Answers with nothing: the exit code goes to the context. An error is one sentence, never a stack. */
export async function runProgram(argv: readonly string[], context: CliContext): Promise<void> {
  try {
    await buildProgram(context).parseAsync(argv, { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return;
      const isBareCall = thrown.code === 'commander.help';
      const message = isBareCall ? 'Say which command: see "codeoptima --help".' : thrown.message.replace(/^error: /u, '');
      fail(context, argv, new CodeOptimaError('bad_input', message), EXIT_BAD_INPUT);
      return;
    }
    const error = CodeOptimaError.from(thrown);
    fail(context, argv, error, exitCodeOf(error));
  }
}

function fail(context: CliContext, argv: readonly string[], error: CodeOptimaError, code: number): void {
  context.err(`codeoptima: ${printable(error.message)}\n`);
  if (argv.includes('--json')) context.out(`${JSON.stringify(errorObject(error))}\n`);
  context.exit(code);
}
