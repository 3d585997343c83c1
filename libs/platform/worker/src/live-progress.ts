/** People read a few lines a second; every message costs the bus a write to its disk. */
const INTERVAL_MS = 250;

export interface LiveProgress {
  report: (detail: string, fraction: number) => void;
  /** Sends the last line that was held back. */
  flush: () => void;
}

/** Sends the first line at once and then at most one every quarter of a second: always the newest. */
export const liveProgress = (send: (detail: string, fraction: number) => void): LiveProgress => {
  let held: [string, number] | null = null;
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (held) send(...held);
    held = null;
  };
  return {
    report: (detail, fraction) => {
      if (timer) {
        held = [detail, fraction];
        return;
      }
      send(detail, fraction);
      timer = setTimeout(flush, INTERVAL_MS);
      timer.unref();
    },
    flush,
  };
};
