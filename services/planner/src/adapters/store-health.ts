import type { Logger } from '@codeoptima/service-kit';
import type { Store } from '@codeoptima/store';
import { startLoop } from './loop.ts';

/** Asks Postgres every few seconds, so that readiness tells of an outage although nobody calls. */
export function watchStore(store: Store, log: Logger): { reachable: () => boolean; stop: () => Promise<void> } {
  let alive = true;
  const loop = startLoop('postgres health', 3_000, log, async () => {
    const answered = await store.ping().then(
      () => true,
      () => false,
    );
    if (answered !== alive) log[answered ? 'info' : 'error'](answered ? 'Postgres answers again' : 'Postgres does not answer');
    alive = answered;
  });
  return { reachable: () => alive, stop: loop.stop };
}
