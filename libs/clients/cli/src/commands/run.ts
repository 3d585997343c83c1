import { CONFIG_FLAGS } from '@codeoptima/config';
import { CodeOptimaError, EXIT_CODES, type RunOutput, type RunRequest, type RunSnapshot, type TerminalState } from '@codeoptima/contracts';
import { type Command, Option } from 'commander';
import { submitOrAttach } from '../client/attach.ts';
import type { CliContext } from '../context.ts';
import { badInput } from '../errors.ts';
import { printOutcome } from '../output/outcome.ts';
import { copyExample } from '../preflight/example.ts';
import { findRepository } from '../preflight/repository.ts';
import { configFor, type FlagTexts, flagValues, placeWorkloads } from '../preflight/request.ts';
import { followRun, snapshotOf } from '../progress/follow.ts';
import { interruptedEarly, interruptible } from '../progress/interrupt.ts';
import { painterFor } from '../progress/painter.ts';
import { duration } from '../text.ts';
import { type CliCommand, type CommonOptions, dataDir, type FleetSession, printJson, withCommon, withFleet } from './options.ts';

interface RunOptions extends CommonOptions {
  ref?: string;
  example?: boolean;
  config?: string;
  wait: boolean;
  yes?: boolean;
}

const HELP = `
Examples:
  codeoptima run                                   optimise the repository in the current folder
  codeoptima run ~/src/library --target 10         count only gains of at least 10 %
  codeoptima run . --workload bench/large.mjs      measure on a workload of your own
  codeoptima run https://example.org/library.git --ref v2.1.0 --json

The working tree and the current branch are never touched: what was proved lies on a branch codeoptima/<slug>.
Ctrl-C cancels the run cleanly; a second Ctrl-C leaves at once. The same command after a crash takes the run up again.

Exit codes: 0 succeeded or waiting for your sign-off, 10 no gain proved, 11 the baseline failed, 12 a budget, iteration or
time limit, 13 rejected or cancelled, 14 killed or stuck, 2 bad input, 1 our failure.
`;

export const runCommand: CliCommand = {
  register(program, context) {
    const command = withCommon(program.command('run'))
      .summary('optimise a repository')
      .description('Finds slow code in a repository, fixes it, proves the fix, and leaves a branch and a report to sign.')
      .argument('[repository]', 'path of a git repository with a package.json, or a git URL (default: the current folder)')
      .option('--ref <ref>', 'commit, branch or tag to work on (default: HEAD)')
      .option('--config <file>', "read this file in place of the repository's codeoptima.toml")
      .option('--no-wait', 'submit the run and leave; the fleet goes on working')
      .option('--example', 'without a repository: optimise a fresh copy of the example')
      .option('--yes', 'answer yes to the question that --unsafe-no-sandbox asks')
      .addHelpText('after', HELP);
    addConfigFlags(command);
    command.action((target: string | undefined, options: RunOptions) => run(target, options, context));
  },
};

/** Every flag that overrides a key of codeoptima.toml; `one_change`: only those that mean something for a single change. */
export function addConfigFlags(command: Command, { one_change = false } = {}): void {
  for (const { flag, value, kind, help, whole_run } of CONFIG_FLAGS) {
    if (one_change && whole_run) continue;
    const option = new Option(value === null ? flag : `${flag} ${value}`, help);
    if (kind === 'files') option.argParser((file: string, before: string[] | undefined) => [...(before ?? []), file]);
    command.addOption(option);
  }
  command.option(
    '--entry <module>',
    'module that --workload gets as its library, relative to the repository (default: the entry of the package)',
  );
}

async function run(given: string | undefined, options: RunOptions, context: CliContext): Promise<void> {
  const interrupts = interruptible(context);
  try {
    await prepareAndAttend(given, { options, context, interrupts });
  } finally {
    interrupts.release();
  }
}

async function prepareAndAttend(given: string | undefined, attendance: Attendance): Promise<void> {
  const { options, context, interrupts } = attendance;
  const data_dir = dataDir(options, context);
  const example = given === undefined && options.example === true ? await copyExample(data_dir, context.now()) : null;
  const found = await findRepository(example?.path ?? given ?? '.', {
    cwd: context.cwd,
    data_dir,
    ref: options.ref ?? null,
    config: options.config ?? null,
  });
  const flags = await placeWorkloads(await flagValues(options as unknown as FlagTexts, context.cwd), found);
  const config = configFor(found, flags);
  await (config.unsafe_no_sandbox ? confirmUnsafe(options, context) : requireSandbox(context));
  const request: RunRequest = { repository: found.repository, ref: found.commit, config };
  if (interrupts.early.aborted) throw interruptedEarly();
  const hasEnded = await withFleet(context, data_dir, (session) => attend(session, request, attendance), { interrupted: interrupts.early });
  if (hasEnded) await example?.finish();
}

async function requireSandbox(context: CliContext): Promise<void> {
  const { available, reason } = await context.sandbox();
  if (available) return;
  throw new CodeOptimaError(
    'sandbox_missing',
    `${reason} Without a sandbox no run starts; --unsafe-no-sandbox runs code that you trust with your rights.`,
  );
}

async function confirmUnsafe(options: RunOptions, context: CliContext): Promise<void> {
  if (options.yes === true || !context.is_tty) return;
  const question = "The repository's code, its dependencies and their install scripts will run with your rights and your files. Go on?";
  if (!(await context.confirm(question))) throw badInput('Not started: --unsafe-no-sandbox was not confirmed.');
}

interface Attendance {
  options: RunOptions;
  context: CliContext;
  interrupts: ReturnType<typeof interruptible>;
}

/** Submits the run and stays with it. True when it has ended, or waits for a person. */
async function attend(session: FleetSession, request: RunRequest, { options, context, interrupts }: Attendance): Promise<boolean> {
  const { api, data_dir } = session;
  if (interrupts.early.aborted) throw interruptedEarly();
  const { run, created } = await submitOrAttach(api, request);
  const since = duration(context.now() - snapshotOf(run).submitted_at_ms);
  context.err(created ? `run ${run.runId} of ${request.repository}\n` : `taking up run ${run.runId}, submitted ${since} ago\n`);
  if (!options.wait && !interrupts.early.aborted) {
    await session.keepFleet();
    context.err(`The run goes on. Follow it with: codeoptima status ${run.runId} --watch\n`);
    context.out(options.json === true ? `${JSON.stringify({ run_id: run.runId, state: run.state, created })}\n` : `${run.runId}\n`);
    return false;
  }
  interrupts.cancelWith(() => api.cancel({ run_id: run.runId, reason: 'cancelled from the command line', actor: context.env.user }));
  const painter = painterFor(context);
  const snapshot = await followRun({ api, run_id: run.runId, painter, ...context, signal: interrupts.left });
  if (interrupts.left.aborted || snapshot === null) {
    await leave(session, run.runId, { options, context, interrupts });
    return false;
  }
  interrupts.ended();
  const output = await printOutcome(context, { api, data_dir, snapshot, is_json: options.json === true });
  finish(context, options, output, snapshot);
  return true;
}

function finish(context: CliContext, options: RunOptions, output: RunOutput, snapshot: RunSnapshot): void {
  if (options.json === true) printJson(context, output);
  context.exit(EXIT_CODES[snapshot.state as TerminalState | 'awaiting_signoff'] ?? 1);
}

/** A second Ctrl-C, or SIGTERM: say what becomes of the run. */
async function leave(session: FleetSession, run_id: string, { context, interrupts }: Attendance): Promise<void> {
  if (interrupts.isCancelling()) {
    await session.keepFleet();
    context.err(`Left. Run ${run_id} goes on being cancelled; "codeoptima down" stops the fleet.\n`);
    context.exit(EXIT_CODES.cancelled);
    return;
  }
  context.err(`Interrupted. Run ${run_id} is kept; the same command takes it up again.\n`);
  context.exit(143);
}
