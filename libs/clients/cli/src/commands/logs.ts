import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliContext } from '../context.ts';
import { badInput } from '../errors.ts';
import { printable } from '../text.ts';
import { type CliCommand, type CommonOptions, dataDir, wholeNumber, withCommon } from './options.ts';

interface LogsOptions extends CommonOptions {
  follow?: boolean;
  lines: string;
}

const TAIL_BYTES = 256 * 1024;
/** One look at a file takes no more memory than this. */
const READ_BYTES_MAX = 16 * TAIL_BYTES;
const POLL_MS = 500;

export const logsCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('logs'))
      .summary('print the logs of the services')
      .description(
        'Prints the last lines of the log of one service, or of all. Logs are JSON lines, which --json prints as they are; what a store says in words becomes the message of one.',
      )
      .argument('[service]', 'such as planner or benchmark-runner')
      .option('--follow', 'go on as lines are written')
      .option('--lines <n>', 'how many lines of each service', '40')
      .addHelpText('after', '\nExamples:\n  codeoptima logs planner --follow\n  codeoptima logs --json | jq "select(.job_id)"\n')
      .action((service: string | undefined, options: LogsOptions) => logs(service, options, context));
  },
};

async function logs(service: string | undefined, options: LogsOptions, context: CliContext): Promise<void> {
  const count = wholeNumber('--lines', options.lines);
  const dir = join(dataDir(options, context), 'logs');
  const known = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith('.log')).sort();
  const names = service === undefined ? known : known.filter((name) => name === `${service}.log`);
  if (names.length === 0) {
    const choice = known.length === 0 ? 'no service has written one yet' : `there are ${known.map((name) => name.slice(0, -4)).join(', ')}`;
    throw badInput(`${dir} has no log${service === undefined ? '' : ` of "${service}"`}: ${choice}.`);
  }
  const isJson = options.json === true;
  const show = (name: string, line: string): void => context.out(`${(isJson ? asJson : pretty)(name.slice(0, -4), line)}\n`);
  const offsets = new Map<string, number>();
  for (const name of names) {
    const { lines, end } = await lastLines(join(dir, name), count);
    for (const line of lines) show(name, line);
    offsets.set(name, end);
  }
  if (options.follow !== true) return;
  const leaving = new AbortController();
  const release = context.onSignal(() => leaving.abort());
  while (!leaving.signal.aborted) {
    for (const name of names) {
      const { lines, end } = await linesFrom(join(dir, name), offsets.get(name) ?? 0);
      for (const line of lines) show(name, line);
      offsets.set(name, end);
    }
    await context.sleep(POLL_MS);
  }
  release();
}

/** The last lines of a file, and where the next one starts. */
async function lastLines(path: string, count: number): Promise<{ lines: string[]; end: number }> {
  const { size } = await stat(path);
  for (let bytes = TAIL_BYTES; ; bytes *= 2) {
    const start = Math.max(0, size - bytes);
    const { lines, end } = await linesFrom(path, start);
    // Before the first of them lies a piece of another, unless the file starts there.
    const whole = start === 0 ? lines : lines.slice(1);
    if (start === 0 || whole.length >= count || bytes >= READ_BYTES_MAX) return { lines: count === 0 ? [] : whole.slice(-count), end };
  }
}

/** Whole lines from an offset on, and where the next one starts. A file that shrank was rotated: it is read from its start. */
async function linesFrom(path: string, offset: number): Promise<{ lines: string[]; end: number }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const start = size < offset ? 0 : offset;
    const buffer = Buffer.alloc(Math.min(size - start, READ_BYTES_MAX));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    const whole = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
    const lines = buffer.subarray(0, whole).toString('utf8').split('\n').slice(0, -1);
    // A line longer than one look is passed over, and its end is shown as one.
    return { lines, end: start + (whole === 0 && bytesRead === READ_BYTES_MAX ? bytesRead : whole) };
  } finally {
    await file.close();
  }
}

/** Postgres, nats-server and a crash of Node write words. */
function asJson(service: string, line: string): string {
  try {
    JSON.parse(line);
    return line;
  } catch {
    return JSON.stringify({ agent: service, msg: line });
  }
}

/** `time level service message key=value`; a line that is not JSON is shown as it is. */
function pretty(service: string, line: string): string {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return printable(`${service}  ${line}`);
  }
  const { time, level, msg, message, ...rest } = record;
  const details = Object.entries(rest).flatMap(([key, value]) =>
    ['pid', 'hostname', 'agent'].includes(key) ? [] : [`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`],
  );
  return printable(`${word(time)} ${word(level).padEnd(5)} ${service.padEnd(16)} ${word(msg ?? message)} ${details.join(' ')}`.trimEnd());
}

const word = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
