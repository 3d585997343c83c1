import type { Logger } from '@codeoptima/service-kit';

export interface Loop {
  /** Runs the work at once, or once more when it runs already. */
  kick: () => void;
  /** Ends the loop after the running pass. */
  stop: () => Promise<void>;
}

/**
 * Repeats a piece of work with a pause between passes; a pass that fails is logged and the next one tries again.
 * @param first_ms pause before the first pass
 */
export function startLoop(name: string, pause_ms: number, log: Logger, work: () => Promise<void>, first_ms = 0): Loop {
  const stopping = new AbortController();
  let again = false;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  const pass = async (): Promise<void> => {
    do {
      again = false;
      try {
        await work();
      } catch (error) {
        log.warn({ err: error, loop: name }, 'a pass failed and will be repeated');
        break;
      }
    } while (again && !stopping.signal.aborted);
  };
  const run = (): void => {
    if (stopping.signal.aborted) return;
    clearTimeout(timer);
    running = pass().finally(() => {
      running = null;
      if (!stopping.signal.aborted) timer = setTimeout(run, pause_ms);
    });
  };
  if (first_ms === 0) run();
  else timer = setTimeout(run, first_ms);
  return {
    kick: () => {
      again = true;
      if (running === null) run();
    },
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
