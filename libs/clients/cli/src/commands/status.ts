import type { Run } from '@codeoptima/contracts';
import type { CliContext } from '../context.ts';
import { runOutput } from '../output/run-output.ts';
import { reportPaths } from '../output/reports.ts';
import { endOf, followRun, snapshotOf } from '../progress/follow.ts';
import { painterFor } from '../progress/painter.ts';
import { figures, stageName, viewOf } from '../progress/view.ts';
import { columns, duration, oneLine, printable } from '../text.ts';
import {
  type CliCommand,
  type CommonOptions,
  dataDir,
  type FleetSession,
  printJson,
  wholeNumber,
  withCommon,
  withFleet,
} from './options.ts';

interface StatusOptions extends CommonOptions {
  watch?: boolean;
  limit: string;
}

export const statusCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('status'))
      .summary('show runs, or one run')
      .description('Without RUN: the newest runs. With RUN (an id or a unique beginning of one): where it stands.')
      .argument('[run]', 'run id or a unique beginning of one')
      .option('--watch', 'follow the run until it ends or waits for a person')
      .option('--limit <n>', 'how many runs to list', '20')
      .addHelpText('after', '\nExamples:\n  codeoptima status\n  codeoptima status 7f3a --watch\n  codeoptima status --json\n')
      .action((run: string | undefined, options: StatusOptions) => {
        const limit = wholeNumber('--limit', options.limit, 1);
        const answer = (session: FleetSession): Promise<void> =>
          run === undefined && options.watch !== true ? list(session, limit, options, context) : show(session, run ?? '', options, context);
        return withFleet(context, dataDir(options, context), answer, { asks_only: true });
      });
  },
};

async function list({ api }: FleetSession, limit: number, options: StatusOptions, context: CliContext): Promise<void> {
  const runs = await api.list({ limit, active_only: false });
  if (options.json === true) {
    printJson(context, { runs: runs.map(listed) });
    return;
  }
  if (runs.length === 0) {
    context.out('No runs yet. Start one with: codeoptima run PATH\n');
    return;
  }
  const rows = runs.map((run) => [run.runId, stageName(run.state), printable(run.repository), oneLine(run.reason, 80)]);
  context.out(`${columns([['RUN', 'STATE', 'REPOSITORY', 'REASON'], ...rows])}\n`);
}

const listed = (run: Run): object => ({
  run_id: run.runId,
  state: run.state,
  terminal: run.terminal,
  reason: run.reason,
  repository: run.repository,
  cost: { usd: run.costUsd, ci_minutes: run.ciMinutes },
});

async function show({ api, data_dir }: FleetSession, id: string, options: StatusOptions, context: CliContext): Promise<void> {
  let run = await api.get(id);
  if (options.watch === true) {
    const leaving = new AbortController();
    const release = context.onSignal(() => leaving.abort());
    await followRun({ api, run_id: run.runId, painter: painterFor(context), ...context, signal: leaving.signal });
    release();
    run = await api.get(run.runId);
  }
  const snapshot = snapshotOf(run);
  const end_ms = endOf(run, context.now());
  if (options.json === true) {
    const paths = snapshot.review === null ? null : reportPaths(data_dir, run.runId);
    printJson(context, { ...runOutput(snapshot, paths, end_ms), terminal: snapshot.terminal, repository: run.repository });
    return;
  }
  const rows = [
    ['run', run.runId],
    ['repository', printable(run.repository)],
    ['state', stageName(snapshot.state)],
    ['reason', printable(snapshot.reason)],
    ['submitted', `${duration(context.now() - snapshot.submitted_at_ms)} ago`],
    ['figures', figures(viewOf(snapshot, null, end_ms))],
    ...(snapshot.review?.branch ? [['branch', snapshot.review.branch]] : []),
  ];
  context.out(`${columns(rows)}\n`);
}
