import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProcessIdentity, identify, isSameProcess } from './process.ts';

/** A note says everything by its name, so that it is never half written. */
const NOTE = /^([\w-]+)@(\d+)-(\d+)$/;

interface Note {
  name: string;
  incarnation: string;
  process: ProcessIdentity;
}

const folderOf = (data_dir: string): string => join(data_dir, 'holders');

const notesIn = (data_dir: string): Note[] => {
  let names: string[];
  try {
    names = readdirSync(folderOf(data_dir));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const [, incarnation, pid, start_ticks] = NOTE.exec(name) ?? [];
    if (incarnation === undefined || start_ticks === undefined) return [];
    return [{ name, incarnation, process: { pid: Number(pid), start_ticks } }];
  });
};

/**
 * Notes which process an incarnation is, before it holds anything: whoever looks later, also after everything was ended at once, knows for
 * sure whether it still lives. Where processes have no start time nothing is noted, and silence has to tell.
 */
export const noteHolder = (data_dir: string, incarnation: string, pid = process.pid): void => {
  const { start_ticks } = identify(pid);
  if (start_ticks === null) return;
  mkdirSync(folderOf(data_dir), { recursive: true, mode: 0o700 });
  writeFileSync(join(folderOf(data_dir), `${incarnation}@${pid}-${start_ticks}`), '', { mode: 0o600 });
};

/** The process of an incarnation of this data directory, living or ended; null when none is noted. */
export const notedHolder = (data_dir: string, incarnation: string): ProcessIdentity | null =>
  notesIn(data_dir).find((note) => note.incarnation === incarnation)?.process ?? null;

/** Removes the notes of processes that have ended, but for incarnations that may still count as holders of something. */
export const sweepHolders = (data_dir: string, keep: ReadonlySet<string>): void => {
  for (const { name, incarnation, process } of notesIn(data_dir)) {
    if (keep.has(incarnation) || isSameProcess(process)) continue;
    try {
      rmSync(join(folderOf(data_dir), name), { force: true });
    } catch {
      // It tells the truth for as long as it stays; the next sweep tries again.
    }
  }
};
