import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, scratchRoots } from '@codeoptima/embedded';
import type { CommandLine } from './command-line.ts';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // It has ended meanwhile.
  }
};

/** Whether a process has mounts of its own; those of everyone tell nothing. */
const isApart = (pid: string): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`) !== readlinkSync('/proc/self/ns/mnt');
  } catch {
    return false;
  }
};

/**
 * Processes that work in or see a folder, by their command line or by what is mounted for them (a sandboxed process shows only
 * there). `except` are process numbers that may.
 */
export function processesOf(folder: string, except: readonly number[] = []): string[] {
  // The kernel writes a space in mountinfo as \040 (proc_pid_mountinfo(5)).
  const mounted = folder.replaceAll(' ', '\\040');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && !except.includes(Number(name)))
    .flatMap((pid) => {
      const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
      const sees = command.includes(folder) || (isApart(pid) && read(`/proc/${pid}/mountinfo`).includes(mounted));
      return sees ? [`${pid} ${command.slice(0, 200)}`] : [];
    });
}

const namesIn = (dir: string): string[] => {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
};

/** Temporary files that lie about: in the system's folder, in scratch folders of living processes, and those of processes that are gone. */
export function temporaryFilesOf({ data_dir, temporary }: CommandLine): string[] {
  const scratch = scratchRoots(data_dir).flatMap((root) =>
    namesIn(root).flatMap((owner) => {
      const inside = namesIn(join(root, owner)).map((name) => join(root, owner, name));
      return isAlive(Number.parseInt(owner, 10)) ? inside : [join(root, owner), ...inside];
    }),
  );
  return [...scratch, ...namesIn(temporary).filter((name) => name.startsWith('codeoptima'))];
}
