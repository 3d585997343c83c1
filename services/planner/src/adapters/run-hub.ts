/** Tells watchers in this process that a run has moved; only a hint, the log is what they read. */
export interface RunHub {
  announce: (run_id: string) => void;
  /** Calls back on each move until the returned function is called. */
  listen: (run_id: string, listener: () => void) => () => void;
  /** A run waits for a slot, or one was freed. */
  announceSlot: () => void;
  onSlot: (listener: () => void) => void;
}

export function createRunHub(): RunHub {
  const slot_listeners: (() => void)[] = [];
  const listeners = new Map<string, Set<() => void>>();
  return {
    announce: (run_id) => {
      for (const listener of listeners.get(run_id) ?? []) listener();
    },
    announceSlot: () => {
      for (const listener of slot_listeners) listener();
    },
    onSlot: (listener) => void slot_listeners.push(listener),
    listen: (run_id, listener) => {
      const set = listeners.get(run_id) ?? new Set();
      listeners.set(run_id, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(run_id);
      };
    },
  };
}
