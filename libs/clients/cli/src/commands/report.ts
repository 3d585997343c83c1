import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { CodeOptimaError } from '@codeoptima/contracts';
import { Option } from 'commander';
import type { CliContext } from '../context.ts';
import { badInput } from '../errors.ts';
import { materialiseReports, type ReportPaths } from '../output/reports.ts';
import { snapshotOf } from '../progress/follow.ts';
import { columns } from '../text.ts';
import { type CliCommand, type CommonOptions, type FleetSession, dataDir, printJson, withCommon, withFleet } from './options.ts';

interface ReportOptions extends CommonOptions {
  open?: keyof ReportPaths | true;
  print?: keyof ReportPaths;
}

const KINDS = ['html', 'markdown', 'evidence'];

export const reportCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('report'))
      .summary('say where the report of a run lies')
      .description('Copies the report of a run out of the object store and prints the paths.')
      .argument('<run>', 'run id or a unique beginning of one')
      .addOption(new Option('--open [kind]', 'open it with the program your desktop uses').choices(KINDS).preset('html'))
      .addOption(new Option('--print <kind>', 'print it on stdout').choices(KINDS))
      .addHelpText('after', '\nExamples:\n  codeoptima report 7f3a --open\n  codeoptima report 7f3a --print markdown | less\n')
      .action((run: string, options: ReportOptions) => report(run, options, context));
  },
};

async function report(id: string, options: ReportOptions, context: CliContext): Promise<void> {
  const data_dir = dataDir(options, context);
  const find = async ({ api }: FleetSession): Promise<ReportPaths> => {
    const snapshot = snapshotOf(await api.get(id));
    if (snapshot.review === null) {
      const { run_id, state, reason, terminal } = snapshot;
      throw badInput(
        terminal
          ? `Run ${run_id} ended as ${state} without a report: ${reason}`
          : `Run ${run_id} has no report yet: it is in state ${state}.`,
      );
    }
    return materialiseReports(context.artifacts(data_dir), data_dir, snapshot.run_id, snapshot.review.report);
  };
  const paths = await withFleet(context, data_dir, find, { asks_only: true });
  if (options.open !== undefined) await openWithDesktop(paths[options.open === true ? 'html' : options.open]);
  if (options.print !== undefined) context.out(await readFile(paths[options.print], 'utf8'));
  else if (options.json === true) printJson(context, { report: paths });
  else context.out(`${columns(Object.entries(paths))}\n`);
}

function openWithDesktop(path: string): Promise<void> {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  return new Promise((resolve, reject) => {
    const child = spawn(program, [path], { stdio: 'ignore', detached: true });
    child.once('error', () => reject(new CodeOptimaError('internal', `${program} is not installed; open ${path} yourself.`)));
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
