import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@codeoptima/store';

const PAUSE_MS = 100;

/**
 * Waits until nobody holds an item, for `limit_ms` at most. When a machine stops, everyone is told at once: workers that drain still have to
 * give back what they hold, and what they cannot give back costs the run one of the few times that an attempt may be lost.
 */
export async function untilReleased(items: Pick<Store['items'], 'leases'>, limit_ms: number): Promise<void> {
  const over = AbortSignal.timeout(limit_ms);
  while (!over.aborted) {
    // Without the store nothing can be given back.
    const held = await items.leases().catch(() => []);
    if (held.length === 0) return;
    await sleep(PAUSE_MS);
  }
}
