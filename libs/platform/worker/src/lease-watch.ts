import type { WorkItem } from '@codeoptima/contracts';
import type { WorkerParts } from './parts.ts';

/**
 * Asks the planner in pauses of `poll_ms` whether an item is still held at its epoch, and tells once when it is not. A cancel is a
 * message that nobody keeps: one that is sent while the bus is away, or before the worker has found back to it, arrives only this way.
 * @returns ends the watch
 */
export const watchLease = ({ planner, poll_ms = 5_000 }: WorkerParts, { itemId, epoch }: WorkItem, onLost: () => void): (() => void) => {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const isHeld = async (): Promise<boolean> => {
    try {
      const { leases } = await planner.listLeases({});
      return leases.some((lease) => lease.itemId === itemId && lease.epoch === epoch);
    } catch {
      // No answer is no verdict: the work goes on, and what it comes to is judged by its epoch.
      return true;
    }
  };
  const ask = async (): Promise<void> => {
    const held = await isHeld();
    if (isOver) return;
    if (held) arm();
    else onLost();
  };
  const arm = (): void => {
    timer = setTimeout(() => void ask(), poll_ms);
    timer.unref();
  };
  arm();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
};
