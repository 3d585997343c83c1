import { readFileSync } from 'node:fs';
import { notedHolder, sweepHolders } from '@codeoptima/embedded/holders';
import { type ProcessIdentity, identify, isSameProcess, sendSignal } from '@codeoptima/embedded/process';

/** The processes of workers on this machine. */
export interface Processes {
  /** Remembers what the process of an incarnation is; called at each beat. */
  observe: (incarnation: string, pid: number) => void;
  /** True only when it is certain that the process has ended. */
  isGone: (incarnation: string) => boolean;
  /** Kills the process with its group; false when it is gone or is not surely the same one. */
  kill: (incarnation: string) => boolean;
  /** Forgets all but these, and whoever still lives. */
  keepOnly: (incarnations: ReadonlySet<string>) => void;
}

const groupOf = (pid: number): number | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  } catch {
    return null;
  }
};

/** A process of this installation carries our data directory in its environment; a stranger that got the number does not. */
const isOurs = (pid: number, data_dir: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`CODEOPTIMA_DATA_DIR=${data_dir}`);
  } catch {
    return false;
  }
};

/** Watches by number and start time, taken while the process was beating: a number that was given anew is never mistaken for it. */
export const localProcesses = (data_dir: string): Processes => {
  const known = new Map<string, ProcessIdentity>();
  return {
    observe: (incarnation, pid) => {
      if (known.has(incarnation) || !isOurs(pid, data_dir)) return;
      const identity = identify(pid);
      if (identity.start_ticks !== null) known.set(incarnation, identity);
    },
    isGone: (incarnation) => {
      // Whoever ended before we began, as when everything was ended at once, has left a note.
      const identity = known.get(incarnation) ?? notedHolder(data_dir, incarnation);
      return identity !== null && !isSameProcess(identity);
    },
    kill: (incarnation) => {
      const identity = known.get(incarnation);
      if (!identity || !isSameProcess(identity)) return false;
      // Only a group that it leads itself: another one may hold a person's shell.
      const target = groupOf(identity.pid) === identity.pid ? -identity.pid : identity.pid;
      return sendSignal(target, 'SIGKILL');
    },
    keepOnly: (incarnations) => {
      for (const incarnation of known.keys()) if (!incarnations.has(incarnation)) known.delete(incarnation);
      sweepHolders(data_dir, incarnations);
    },
  };
};

/** Elsewhere processes cannot be seen from here; the platform ends them when their lease is gone. */
export const remoteProcesses = (): Processes => ({
  observe: () => undefined,
  isGone: () => false,
  kill: () => false,
  keepOnly: () => undefined,
});
