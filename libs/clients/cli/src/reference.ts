import type { Command } from 'commander';
import type { CliContext } from './context.ts';
import { buildProgram } from './program.ts';

const INTRO = `# Command line

Written from the commands by \`npm run generate\`; change \`libs/clients/cli\`, not this page.

From a checkout: \`npm run -s codeoptima -- COMMAND\`, or \`sh scripts/codeoptima.sh COMMAND\`. \`npm start\` is \`codeoptima run --example\` after
set-up; what follows \`--\` is passed on (\`npm start -- ~/src/library --json\`). npm prints two lines of its own first: \`npm start --silent\`
leaves them out.

## One data directory, one fleet

Everything of one machine lies in one private folder: database, message bus, sockets, objects, logs, reports. A command that needs the
fleet starts it and, as its last user, stops it again; after \`codeoptima up\` it stays until \`codeoptima down\`. Runs at work are kept in
the database whatever happens to the processes, and go on with the next start.

## When the same command is given again

A run is known by its repository, commit and configuration. While such a run is at work, the same command takes it up: after a crash,
after \`SIGTERM\` to everything, or when two are started at once. Its idempotency key is a hash of that request and of the newest ended run
of the same request, so once it has ended (or waits for a person) the same command starts a new run.

Ctrl-C cancels the run and waits until everything of it has stopped; a second one leaves at once while the fleet finishes the
cancellation. \`SIGTERM\` leaves the run as it is.

## JSON

With \`--json\` the last line on stdout is one object and everything for people goes to stderr. \`run --json\` prints \`run_id, state, reason,
branch, base_commit, changes[{commit, source, rule, file, symbol, estimate_pct, provable_pct}], report{html, markdown, evidence},
cost{usd, ci_minutes}, duration_s\`. An error is \`{"error": {"code", "message", "ids"}}\`. A gain is the percent of the old time that is
saved; \`provable_pct\` is its proved lower bound.
`;

/** Text of docs/command-line.md. */
export function commandReference(): string {
  // Registering a command only hands the context on to its action.
  const program = buildProgram({} as CliContext);
  const sections = program.commands.flatMap((command) => [command, ...command.commands]).map(section);
  return `${[INTRO, '## Commands\n', ...sections].join('\n').trimEnd()}\n`;
}

function section(command: Command): string {
  const name = [command.parent?.name() === 'codeoptima' ? '' : command.parent?.name(), command.name()].filter(Boolean).join(' ');
  let text = '';
  command.configureHelp({ helpWidth: 120 }).configureOutput({ writeOut: (part) => void (text += part), getOutHelpWidth: () => 120 });
  command.outputHelp();
  return `### \`codeoptima ${name}\`\n\n\`\`\`text\n${text.trim()}\n\`\`\`\n`;
}
