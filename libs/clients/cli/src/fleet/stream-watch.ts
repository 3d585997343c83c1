import { setTimeout as sleep } from 'node:timers/promises';
import { askReady } from './probe.ts';

const LOOK_MS = 2_000;
/** A busy server may answer late once; one that is stuck never answers. */
const STUCK_LOOKS = 3;

/**
 * Has nats-server started anew when the planner says that it keeps nothing any more. After its disk was full, 2.14 refuses for ever to
 * write to the streams it failed on, so nothing would be told although there is room again.
 */
export const watchStreams = async (planner_probe: string, renew: () => void, signal: AbortSignal): Promise<void> => {
  for (let stuck = 0; !signal.aborted; ) {
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    const failing = await askReady(planner_probe);
    stuck = failing?.includes('streams') === true ? stuck + 1 : 0;
    if (stuck < STUCK_LOOKS || signal.aborted) continue;
    console.error('nats-server keeps nothing any more, as after a full disk; it is started anew');
    renew();
    stuck = 0;
  }
};
