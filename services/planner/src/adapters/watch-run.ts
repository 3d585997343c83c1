import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { Bus } from '@codeoptima/bus';
import type { Progress, ProgressEvent, WatchRunResponseSchema } from '@codeoptima/contracts';
import type { Clock } from '@codeoptima/service-kit';
import type { Store } from '@codeoptima/store';
import { eventMessage } from '../domain/wire.ts';
import type { RunHub } from './run-hub.ts';

type Answer = MessageInitShape<typeof WatchRunResponseSchema>;

const PAGE = 500;
/** Another planner's events are found by looking; a NOTIFY would take a lock of the whole database at each commit. */
const POLL_MS = 500;
/** Live progress that a slow reader has not taken; the oldest falls out. */
const PROGRESS_MAX = 100;

/** Stored events from a version on, then new ones as they come, with live progress (version 0) between them, until the run has ended. */
export async function* watchRun(
  { store, bus, hub, clock }: { store: Store; bus: Bus; hub: RunHub; clock: Clock },
  given_id: string,
  after_version: number,
  signal: AbortSignal,
): AsyncGenerator<Answer> {
  const { run_id } = await store.runs.find(given_id);
  const progress: Progress[] = [];
  let wake: () => void = () => undefined;
  const stops = [
    hub.listen(run_id, () => wake()),
    bus.onProgress(run_id, (message) => {
      if (progress.push(message) > PROGRESS_MAX) progress.shift();
      wake();
    }),
  ];
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    let version = after_version;
    while (!signal.aborted) {
      // Armed before the read, so that nothing that happens meanwhile is slept through.
      const moved = new Promise<void>((resolve) => (wake = resolve));
      const events = await store.events.read(run_id, version, PAGE);
      for (const event of events) {
        yield { event: eventMessage(run_id, event) };
        version = event.version;
        if (event.event.type === 'RunEnded') return;
      }
      for (const message of progress.splice(0)) yield progressMessage(message, clock.now_ms());
      if (events.length === PAGE) continue;
      if (events.length === 0 && (await store.runs.find(run_id)).terminal) return;
      await Promise.race([moved, pause(POLL_MS)]);
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    for (const stop of stops) stop();
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function progressMessage({ runId, task, detail, fraction, itemId, epoch }: Progress, now_ms: number): Answer {
  const data: ProgressEvent = { task, detail, fraction, item_id: itemId, epoch: Number(epoch) };
  return { event: { runId, version: 0n, type: 'progress', recordedAt: timestampFromMs(now_ms), dataJson: JSON.stringify(data) } };
}
