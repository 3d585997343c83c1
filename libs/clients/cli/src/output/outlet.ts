import type { Writable } from 'node:stream';

/** Where a command writes to. */
export interface Outlet {
  write: (stream: Writable, text: string) => void;
  /** Calls back once nobody reads any more, until the returned function is called. */
  onClosed: (handler: () => void) => () => void;
}

/**
 * Writes to streams whose reader may go away: `| head` ends, a terminal is closed. Node would end the process with a stack, and leave
 * behind whatever the command had started; here the command is told, and what it still says goes nowhere.
 */
export function outlet(streams: readonly Writable[]): Outlet {
  const handlers = new Set<() => void>();
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    for (const handler of handlers) handler();
  };
  for (const stream of streams) stream.on('error', close);
  return {
    write: (stream, text) => {
      if (isClosed) return;
      try {
        stream.write(text);
      } catch {
        // A file is written at once, and may lie on a full disk.
        close();
      }
    },
    onClosed: (handler) => {
      handlers.add(handler);
      if (isClosed) queueMicrotask(() => handlers.has(handler) && handler());
      return () => handlers.delete(handler);
    },
  };
}
