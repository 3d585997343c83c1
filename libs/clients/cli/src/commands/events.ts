import { CodeOptimaError, type RunEvent } from '@codeoptima/contracts';
import type { RunApi } from '../client/run-api.ts';
import type { CliContext } from '../context.ts';
import { oneLine } from '../text.ts';
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

interface EventsOptions extends CommonOptions {
  follow?: boolean;
  after: string;
}

/** A planner that does not come back within a minute or so is not waited for. */
const FAILURES_MAX = 60;
const RETRY_MS = 1_000;
const PAGE = 500;

export const eventsCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('events'))
      .summary('print the events of a run')
      .description('Prints the stored events of a run, one a line; with --follow also live progress, until the run ends.')
      .argument('<run>', 'run id or a unique beginning of one')
      .option('--follow', 'go on until the run ends')
      .option('--after <version>', 'start after this version', '0')
      .addHelpText('after', '\nExamples:\n  codeoptima events 7f3a --follow\n  codeoptima events 7f3a --json | jq .type\n')
      .action((run: string, options: EventsOptions) => {
        const after = wholeNumber('--after', options.after);
        return withFleet(context, dataDir(options, context), (session) => print(session, run, after, options, context), {
          asks_only: true,
        });
      });
  },
};

async function print({ api }: FleetSession, id: string, after: number, options: EventsOptions, context: CliContext): Promise<void> {
  const { runId: run_id } = await api.get(id);
  const show = (event: RunEvent): void =>
    options.json === true ? printJson(context, eventObject(event)) : context.out(`${eventLine(event, context.columns())}\n`);
  let after_version = after;
  for (;;) {
    const page = await api.events({ run_id, after_version, limit: PAGE });
    for (const event of page) show(event);
    const last = page.at(-1);
    if (last === undefined) break;
    after_version = Number(last.version);
    if (page.length < PAGE) break;
  }
  if (options.follow === true) await follow(api, run_id, after_version, show, context);
}

/** Goes on through a restart of the planner; ends with the run, or with a Ctrl-C. */
async function follow(
  api: RunApi,
  run_id: string,
  after_version: number,
  show: (event: RunEvent) => void,
  context: CliContext,
): Promise<void> {
  const leaving = new AbortController();
  const { signal } = leaving;
  const release = context.onSignal(() => leaving.abort());
  let version = after_version;
  try {
    for (let failures = 0; !signal.aborted; await context.sleep(RETRY_MS)) {
      try {
        for await (const event of api.watch({ run_id, after_version: version, signal })) {
          show(event);
          failures = 0;
          version = Math.max(version, Number(event.version));
        }
        const run = await api.get(run_id);
        if (run.terminal && version >= Number(run.version)) return;
      } catch (error) {
        if (signal.aborted) return;
        const { retryable, code } = CodeOptimaError.from(error);
        failures += 1;
        // A server that is stopped cuts its streams as cancelled.
        if (!(retryable || code === 'cancelled') || failures > FAILURES_MAX) throw error;
      }
    }
  } finally {
    release();
  }
}

const isoTime = (event: RunEvent): string => {
  const { seconds = 0n, nanos = 0 } = event.recordedAt ?? {};
  return new Date(Number(seconds) * 1000 + nanos / 1e6).toISOString();
};

const eventObject = (event: RunEvent): object => ({
  run_id: event.runId,
  version: Number(event.version),
  type: event.type,
  recorded_at: isoTime(event),
  data: event.dataJson === '' ? {} : (JSON.parse(event.dataJson) as unknown),
});

function eventLine(event: RunEvent, width: number): string {
  const version = event.version === 0n ? '·' : String(event.version);
  return oneLine(`${version.padStart(5)}  ${isoTime(event)}  ${event.type.padEnd(20)}  ${event.dataJson}`, Math.max(80, width));
}
