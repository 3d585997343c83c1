import { EXIT_CODES, type TerminalState } from '@codeoptima/contracts';
import type { RunApi } from '../client/run-api.ts';
import type { CliContext } from '../context.ts';
import { reportPaths } from '../output/reports.ts';
import { runOutput } from '../output/run-output.ts';
import { endOf, followRun, snapshotOf } from '../progress/follow.ts';
import { painterFor } from '../progress/painter.ts';
import { printable } from '../text.ts';
import { type CliCommand, type CommonOptions, type FleetSession, dataDir, printJson, withCommon, withFleet } from './options.ts';

interface SignOffOptions extends CommonOptions {
  merge?: boolean;
  reason?: string;
}

export const approveCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('approve'))
      .summary('sign a proposed change')
      .description(
        'Ends a run that waits for sign-off as succeeded. The branch is yours to merge, or --merge fast-forwards the base branch.',
      )
      .argument('<run>', 'run id or a unique beginning of one')
      .option('--merge', 'fast-forward the base branch to the proposed one, where that is possible')
      .addHelpText('after', '\nExamples:\n  codeoptima approve 7f3a\n  codeoptima approve 7f3a --merge\n')
      .action((run: string, options: SignOffOptions) =>
        settle(context, options, run, (api, run_id) => api.approve({ run_id, actor: context.env.user, merge: options.merge === true })),
      );
  },
};

export const rejectCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('reject'))
      .summary('refuse a proposed change')
      .description('Ends a run that waits for sign-off as rejected, with exit code 13. The branch stays until you delete it.')
      .argument('<run>', 'run id or a unique beginning of one')
      .requiredOption('--reason <text>', 'why; kept with the run')
      .addHelpText('after', '\nExample:\n  codeoptima reject 7f3a --reason "harder to read than it is worth"\n')
      .action((run: string, options: SignOffOptions) =>
        settle(context, options, run, (api, run_id) => api.reject({ run_id, actor: context.env.user, reason: options.reason ?? '' })),
      );
  },
};

export const cancelCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('cancel'))
      .summary('cancel a run')
      .description('Stops a run and waits until everything of it has stopped. Exits with 13 once it is cancelled.')
      .argument('<run>', 'run id or a unique beginning of one')
      .option('--reason <text>', 'why; kept with the run')
      .addHelpText('after', '\nExample:\n  codeoptima cancel 7f3a\n')
      .action((run: string, options: SignOffOptions) =>
        settle(context, options, run, (api, run_id) =>
          api.cancel({ run_id, actor: context.env.user, reason: options.reason ?? 'cancelled from the command line' }),
        ),
      );
  },
};

type Decision = (api: RunApi, run_id: string) => Promise<unknown>;

/** Takes a decision and waits for the end it leads to. Exits as `run` does for that end: 13 for a run that is rejected or cancelled. */
async function settle(context: CliContext, options: SignOffOptions, id: string, decide: Decision): Promise<void> {
  const data_dir = dataDir(options, context);
  const leaving = new AbortController();
  const release = context.onSignal(() => leaving.abort());
  try {
    const decideAndWait = async ({ api }: FleetSession): Promise<void> => {
      const run = await api.get(id);
      const { runId: run_id } = run;
      const known = snapshotOf(run);
      await decide(api, run_id);
      const painter = painterFor(context);
      await followRun({ api, run_id, painter, ...context, signal: leaving.signal, known, stop_at_signoff: false });
      const settled = await api.get(run_id);
      const snapshot = snapshotOf(settled);
      const paths = snapshot.review === null ? null : reportPaths(data_dir, run_id);
      if (options.json === true) printJson(context, runOutput(snapshot, paths, endOf(settled, context.now())));
      else context.out(`Run ${run_id} is ${snapshot.state}: ${printable(snapshot.reason)}\n`);
      context.exit(EXIT_CODES[snapshot.state as TerminalState] ?? 1);
    };
    await withFleet(context, data_dir, decideAndWait, { asks_only: true });
  } finally {
    release();
  }
}
