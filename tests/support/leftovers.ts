import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

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
