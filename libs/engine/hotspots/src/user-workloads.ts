import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { basename, isAbsolute, relative } from 'node:path';
import { CodeOptimaError, type HotspotsPayload } from '@codeoptima/contracts';
import { commandModule } from '@codeoptima/measurement';
import type { Draft } from './draft.ts';
import { readSource } from './tree.ts';

type Config = HotspotsPayload['config'];
type WorkloadConfig = Config['workload'][number];

/**
 * The workloads of the configuration and of `--workload`. A path relative to the repository runs in its place there, with its relative
 * imports; a file from elsewhere must stand alone and may import the packages of the repository.
 */
export async function userWorkloads(dir: string, config: Config): Promise<Draft[]> {
  return await Promise.all(config.workload.map(async (w, index) => draftOf(dir, w, index)));
}

async function draftOf(dir: string, config: WorkloadConfig, index: number): Promise<Draft> {
  const { file, entry = null, weight, command } = config;
  if (command !== undefined) {
    const name = config.name ?? command;
    const workload = {
      id: `user-${index + 1}`,
      name,
      source: 'user',
      text: commandModule(command),
      path: null,
      entry: null,
      command,
    } as const;
    return { weight, workload };
  }
  const name = config.name ?? basename(file).replace(/\.[cm]?[jt]s$/, '');
  const inside = !isAbsolute(file);
  if (inside && relative('.', file).startsWith('..')) {
    throw new CodeOptimaError('bad_input', `The workload ${file} lies outside the repository; give its absolute path.`, {
      ids: { path: file },
    });
  }
  const text = inside ? await readSource(dir, file) : await standAlone(file, config.text);
  return {
    weight,
    workload: { id: `user-${index + 1}`, name, source: 'user', text, path: inside && config.text === undefined ? file : null, entry },
  };
}

/** `sent` is the text that the client read: the file may lie on another machine. */
async function standAlone(file: string, sent: string | undefined): Promise<string> {
  const text = sent ?? (await readOutside(file));
  if (!/\.[cm]?ts$/.test(file)) return text;
  try {
    return stripTypeScriptTypes(text, { mode: 'transform' });
  } catch (cause) {
    throw new CodeOptimaError('bad_input', `The workload ${file} is not valid TypeScript.`, { ids: { path: file }, cause });
  }
}

async function readOutside(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CodeOptimaError('bad_input', `The workload ${file} cannot be read.`, { ids: { path: file }, cause });
  }
}
