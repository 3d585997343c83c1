import { readdirSync, readFileSync } from 'node:fs';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // It has ended meanwhile.
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
      return command.includes(folder) || read(`/proc/${pid}/mountinfo`).includes(mounted) ? [`${pid} ${command.slice(0, 200)}`] : [];
    });
}
