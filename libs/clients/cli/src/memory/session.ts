import { randomUUID } from 'node:crypto';
import { CodeOptimaError } from '@codeoptima/contracts';
import { projectOf } from '@codeoptima/experience';
import type { MemoryClient } from '@codeoptima/memory';
import { tryGit } from '@codeoptima/scm';
import type { CliContext } from '../context.ts';
import { isOver, type MemoryLine, memoryOfLine } from './line.ts';

const BATCH = 64;

export interface KeptLines {
  added: number;
  known: number;
  /** Left out, since their time to live is over. */
  expired: number;
}

/** The memory of a data directory for one command. */
export interface MemorySession {
  /** As the repository of that name sees it. */
  of: (project: string) => MemoryClient;
  /** Keeps lines under the projects and roles that own them; those that are there already are not written again, nor those past their time. */
  keep: (lines: readonly MemoryLine[]) => Promise<KeptLines>;
  forget: (ids: readonly string[], project: string) => Promise<number>;
}

/** Runs `work` with the fleet up and the memory answering. @throws CodeOptimaError `unavailable`, with what helps, when it does not */
export async function withMemory<T>(context: CliContext, data_dir: string, work: (session: MemorySession) => Promise<T>): Promise<T> {
  const use = await context.fleet.use({ data_dir, note: (line) => context.err(`${line}\n`) });
  const clients = new Map<string, MemoryClient>();
  const of = (project: string, role?: string): MemoryClient => {
    const name = `${role ?? ''}\n${project}`;
    const client = clients.get(name) ?? context.memory(data_dir, project, role);
    clients.set(name, client);
    return client;
  };
  const fence = { item_id: `cli:${randomUUID()}`, epoch: 1n };
  try {
    return await work({
      of,
      keep: (lines) => keepAll(of, fence, lines, context.now()),
      forget: async (ids, project) => Number((await of(project).forget(fence, { case: 'ids', value: { ids: [...ids] } })).forgotten),
    });
  } catch (error) {
    if (!(error instanceof CodeOptimaError) || (error.code !== 'unavailable' && error.code !== 'deadline_exceeded')) throw error;
    throw new CodeOptimaError(
      'unavailable',
      `The memory of ${data_dir} does not answer: "codeoptima doctor" says what it needs. (${error.message})`,
      {
        cause: error,
      },
    );
  } finally {
    for (const client of clients.values()) client.close();
    await use.release();
  }
}

async function keepAll(
  of: (project: string, role: string) => MemoryClient,
  fence: { item_id: string; epoch: bigint },
  lines: readonly MemoryLine[],
  now_ms: number,
): Promise<KeptLines> {
  const alive = lines.filter((line) => !isOver(line, now_ms));
  let added = 0;
  for (const list of Map.groupBy(alive, ({ project, role }) => `${role}\n${project}`).values()) {
    const client = of(list[0]?.project ?? '', list[0]?.role ?? '');
    for (let at = 0; at < list.length; at += BATCH) {
      const batch = list.slice(at, at + BATCH);
      const there = await client.recall({ query: { case: 'ids', value: { ids: batch.map(({ id }) => id) } }, limit: BATCH });
      const known = new Set(there.results.map(({ memory }) => memory?.id));
      const fresh = batch.filter(({ id }) => !known.has(id));
      if (fresh.length > 0)
        await client.restore(
          fence,
          fresh.map((line) => memoryOfLine(line, now_ms)),
        );
      added += fresh.length;
    }
  }
  return { added, known: alive.length - added, expired: lines.length - alive.length };
}

/** The memory's name of a folder's repository, or of the folder itself. A URL is taken as it is. */
export async function projectAt(target: string, cwd: string): Promise<string> {
  if (/^[a-z+]+:\/\/|^[\w.-]+@[\w.-]+:/i.test(target)) return projectOf(target);
  const top = await tryGit(['rev-parse', '--show-toplevel'], { cwd }).catch(() => null);
  return projectOf(top?.exit_code === 0 ? top.stdout.replace(/\n$/, '') : cwd);
}
