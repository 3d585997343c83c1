import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { RunApi } from '../client/run-api.ts';
import type { CliContext } from '../context.ts';
import { badInput } from '../errors.ts';

/** Options that every command has. */
export interface CommonOptions {
  dataDir?: string;
  json?: boolean;
}

/** One command, one file: the list in index.ts is all that knows them. */
export interface CliCommand {
  register(program: Command, context: CliContext): void;
}

export const withCommon = (command: Command): Command =>
  command
    .option('--data-dir <dir>', 'where runs, database and logs live (default: $CODEOPTIMA_DATA_DIR, else ~/.local/share/codeoptima)')
    .option('--json', 'print JSON on stdout; everything for people goes to stderr');

export const dataDir = (options: CommonOptions, context: CliContext): string =>
  resolve(context.cwd, options.dataDir ?? context.env.data_dir);

/** The value of an option that counts something. @throws CodeOptimaError `bad_input` */
export function wholeNumber(flag: string, given: string, least = 0): number {
  const value = Number(given);
  if (given.trim() === '' || !Number.isSafeInteger(value) || value < least)
    throw badInput(`${flag} must be a whole number from ${least} on, found "${given}".`);
  return value;
}

export const printJson = (context: CliContext, value: unknown): void => context.out(`${JSON.stringify(value)}\n`);

export interface FleetSession {
  api: RunApi;
  data_dir: string;
  /** Keeps the fleet up after this command, for work that goes on. */
  keepFleet(): Promise<void>;
}

interface FleetNeeds {
  /** Ends the start. Default: a signal to this process. */
  interrupted?: AbortSignal;
  /** The command only asks or decides: of a fleet that runs it needs the planner alone. */
  asks_only?: boolean;
}

/** Runs `work` with the fleet up; a fleet that nobody else uses or asked to keep is stopped again, also when its start is interrupted. */
export async function withFleet<T>(
  context: CliContext,
  data_dir: string,
  work: (session: FleetSession) => Promise<T>,
  { interrupted, asks_only = false }: FleetNeeds = {},
): Promise<T> {
  const starting = new AbortController();
  const release = interrupted === undefined ? context.onSignal(() => starting.abort()) : () => undefined;
  const note = (line: string): void => context.err(`${line}\n`);
  const use = await context.fleet.use({ data_dir, note, signal: interrupted ?? starting.signal, asks_only }).finally(release);
  let api: RunApi | null = null;
  try {
    api = await context.connect(data_dir);
    return await work({ api, data_dir, keepFleet: () => use.keep() });
  } finally {
    api?.close();
    await use.release();
  }
}
