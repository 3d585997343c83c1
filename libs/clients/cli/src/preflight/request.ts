import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { CONFIG_FLAGS, type FlagValue, resolveConfig, type RunConfig, type WorkloadConfig } from '@codeoptima/config';
import type { RunRequest } from '@codeoptima/contracts';
import { isUrl, tryGit } from '@codeoptima/scm';
import { badInput } from '../errors.ts';
import { oneLine } from '../text.ts';
import type { FoundRepository } from './repository.ts';

/** Values as commander gives them, by the camel-cased name of the flag. */
export type FlagTexts = Readonly<Record<string, unknown>>;

const optionName = (flag: string): string => flag.slice(2).replaceAll(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase());

/** Turns given flags into values of the configuration. Throws `bad_input` for a text that is no number or no file. */
export async function flagValues(texts: FlagTexts, cwd: string): Promise<FlagValue[]> {
  const values: FlagValue[] = [];
  const entry = texts['entry'] as string | undefined;
  if (entry !== undefined && !Array.isArray(texts['workload']))
    throw badInput('--entry names the module for --workload: give that too, or write entry to the [[workload]] of codeoptima.toml.');
  for (const { flag, key, kind } of CONFIG_FLAGS) {
    const given = texts[optionName(flag)];
    if (given === undefined || (Array.isArray(given) && given.length === 0)) continue;
    const value =
      kind === 'files' ? await Promise.all((given as string[]).map((file) => workload(file, entry, cwd))) : parsed(kind, flag, given);
    values.push({ flag, path: key, value });
  }
  return values;
}

function parsed(kind: string, flag: string, given: unknown): unknown {
  if (kind === 'text' || kind === 'switch') return given;
  const text = String(given).trim();
  if (kind === 'minutes') return minutes(flag, text);
  if (text === '' || Number.isNaN(Number(text))) throw badInput(`${flag} must be a number, found "${text}".`);
  return Number(text);
}

function minutes(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|min|h)?$/u.exec(text);
  if (!match) throw badInput(`${flag} must be a time such as 90, 90m or 2h, found "${text}".`);
  const value = Number(match[1]);
  return match[2] === 'h' ? value * 60 : match[2] === 's' ? value / 60 : value;
}

/** A name of a module, and nothing that a shell would take apart. */
const MODULE_NAME = /^[^\s;|&<>$`]+\.[cm]?[jt]s$/u;

/** A file is a module; what is neither a file nor called like one is a command. */
async function workload(file: string, entry: string | undefined, cwd: string): Promise<WorkloadConfig> {
  const path = resolve(cwd, file);
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile && !MODULE_NAME.test(file)) {
    if (file.trim() === '') throw badInput('--workload is empty: give a module that default-exports setup(lib), or a shell command.');
    return { file: 'command', command: file, name: oneLine(file, 80), weight: 1 };
  }
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw badInput(`--workload ${file} cannot be read (${error.code ?? 'unknown'}): give a module that default-exports setup(lib).`);
  });
  if (text.trim() === '') throw badInput(`--workload ${file} is empty: give a module that default-exports setup(lib).`);
  return { file: path, text, name: basename(path).replace(/\.[cm]?[jt]s$/u, ''), weight: 1, ...(entry === undefined ? {} : { entry }) };
}

/**
 * A workload that is committed in the repository as it stands is named by its place there, so that its relative imports work; any other
 * is sent along as text and must stand alone.
 */
export async function placeWorkloads(flags: readonly FlagValue[], found: FoundRepository): Promise<FlagValue[]> {
  const place = async (given: WorkloadConfig): Promise<WorkloadConfig> => {
    if (given.command !== undefined) return given;
    const { text, ...rest } = given;
    const path = relative(found.repository, given.file);
    if (isUrl(found.repository) || path.startsWith('..') || isAbsolute(path)) return given;
    const committed = await tryGit(['show', `${found.commit}:${path}`], { cwd: found.repository });
    return committed.exit_code === 0 && committed.stdout === text ? { ...rest, file: path } : given;
  };
  return Promise.all(
    flags.map(async (flag) =>
      flag.path[0] === 'workload' ? { ...flag, value: await Promise.all((flag.value as WorkloadConfig[]).map(place)) } : flag,
    ),
  );
}

/** The configuration of a run of this repository, or `bad_input` with one sentence per problem. */
export function configFor(found: FoundRepository, flags: readonly FlagValue[]): RunConfig {
  const byFolder: FlagValue[] =
    found.package_dir !== '' && !flags.some(({ path }) => path[0] === 'package')
      ? [{ flag: 'PATH', path: ['package'], value: found.package_dir }]
      : [];
  const result = resolveConfig({ text: found.config_text, flags: [...flags, ...byFolder], file: found.config_file });
  if (!result.ok) throw badInput(result.problems.map(({ message }) => message).join('\n'));
  return result.config;
}

/** JSON with sorted keys, so that equal requests have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, child: unknown) =>
    typeof child === 'object' && child !== null && !Array.isArray(child)
      ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1)))
      : child,
  );
}

/**
 * Key of a submission: hash of repository, commit, configuration, and the newest ended run of this same request ('' for none). Two starts
 * at once, or a start after a crash, so name the same run; after that run has ended the same command starts a new one.
 */
export const idempotencyKey = (request: RunRequest, newest_ended_run: string): string =>
  createHash('sha256').update(canonicalJson(request)).update('\0').update(newest_ended_run).digest('hex');
