import { setTimeout as sleep } from 'node:timers/promises';
import type { ReceivedWakeUp } from '@codeoptima/bus';
import type { CodeOptimaError, WorkItem } from '@codeoptima/contracts';
import { noteHolder } from '@codeoptima/embedded/holders';
import { faultPoint, inSpan, inTrace } from '@codeoptima/service-kit';
import { type Attempt, type AttemptOutcome, Interruption, attemptItem } from './attempt.ts';
import { startBeats } from './beats.ts';
import { type Delivery, deliver } from './deliver.ts';
import { watchLease } from './lease-watch.ts';
import type { WorkerOptions, WorkerParts } from './parts.ts';
import { sweepWorkFolders } from './work-folder.ts';
import { workerMetrics } from './worker-metrics.ts';

export interface Worker {
  /** Stops taking work, lets what runs end within `drain_ms` while it keeps beating, and gives back what does not. */
  drain: (drain_ms: number) => Promise<void>;
}

const PAUSE_AFTER_ERROR_MS = 500;
/** After the drain time: how long a verdict may still take to reach the planner. */
const LAST_WORD_MS = 3_000;

const report = async (parts: WorkerParts, attempt: Attempt, outcome: AttemptOutcome, last_word: AbortSignal): Promise<Delivery | null> => {
  const { item, usage } = attempt;
  const { itemId, epoch } = item;
  const cost = { costUsd: usage.cost_usd, ciMs: BigInt(Math.round(usage.ci_ms)) };
  const log = parts.service.log.child({ job_id: item.runId, item_id: itemId });
  const onRetry = (error: CodeOptimaError): void =>
    log.warn({ err: error, outcome: outcome.kind }, 'the planner did not take the verdict yet');
  const fail = ({ code, message, retryable }: CodeOptimaError): Promise<Delivery> =>
    deliver(() => parts.planner.fail({ itemId, epoch, code, message, retryable, usage: cost }), last_word, onRetry);
  switch (outcome.kind) {
    case 'lost':
      return null;
    case 'released':
      return deliver(() => parts.planner.release({ itemId, epoch, reason: 'drain' }), last_word, onRetry);
    case 'failed':
      log.warn({ err: outcome.error, task: item.task }, 'the attempt failed');
      return fail(outcome.error);
    case 'completed': {
      const send = () => parts.planner.complete({ itemId, epoch, resultJson: outcome.result_json, usage: cost });
      faultPoint('worker.before_complete');
      const delivery = await deliver(send, last_word, onRetry);
      faultPoint('worker.after_complete');
      if (delivery.outcome !== 'refused' || last_word.aborted) return delivery;
      log.error({ err: delivery.error }, 'the planner refused the result');
      return fail(delivery.error);
    }
  }
};

const logOf = (parts: WorkerParts, { runId, itemId, task, epoch }: WorkItem) =>
  parts.service.log.child({ job_id: runId, item_id: itemId, task, epoch: String(epoch) });

/** From the claim to the planner's answer to the verdict. */
const carryOut = async (parts: WorkerParts, attempt: Attempt, last_word: AbortSignal): Promise<void> => {
  const { item } = attempt;
  const started_ms = parts.service.clock.monotonic_ms();
  const log = logOf(parts, item);
  log.info({ attempt: item.attempt }, 'claimed');
  faultPoint('worker.after_claim');
  const outcome = await attemptItem(parts, attempt);
  const delivery = await report(parts, attempt, outcome, last_word);
  const stale = delivery?.outcome === 'stale';
  if (stale) parts.metrics.fenced.inc();
  const kind = stale ? 'stale' : outcome.kind;
  parts.metrics.items.inc({ task: item.task, outcome: kind });
  const duration_ms = parts.service.clock.monotonic_ms() - started_ms;
  parts.metrics.duration.observe({ task: item.task }, duration_ms / 1_000);
  log.info({ outcome: kind, duration_ms: Math.round(duration_ms) }, stale ? 'the lease was lost; the verdict is dropped' : 'done');
};

const runItem = async (parts: WorkerParts, attempt: Attempt, last_word: AbortSignal): Promise<void> => {
  const { item, slot, controller } = attempt;
  parts.beats.hold(slot, { item_id: item.itemId, run_id: item.runId, epoch: item.epoch });
  const lose = (reason: string): void => {
    inTrace(item.traceparent, () => logOf(parts, item).info({ reason }, 'cancelled'));
    controller.abort(new Interruption('lost', 'cancelled', reason));
  };
  const unsubscribe = parts.bus.onCancel(item.itemId, (cancel) => {
    // The message names the epoch that is over; a later claim of the same item is another matter.
    if (cancel.epoch >= item.epoch) lose(cancel.reason || 'cancelled');
  });
  // Outside the span, in which its questions would stand every few seconds.
  const unwatch = watchLease(parts, item, () => lose('the planner no longer counts this attempt'));
  const attributes = { 'codeoptima.run_id': item.runId, 'codeoptima.item_id': item.itemId, 'codeoptima.epoch': String(item.epoch) };
  try {
    await inSpan(`${parts.service.name} item`, item.traceparent, attributes, () => carryOut(parts, attempt, last_word));
  } finally {
    unwatch();
    unsubscribe();
    parts.beats.drop(slot);
  }
};

/** A bus that closes must not cost the item that was just claimed: the wake-up comes back, the claim does not. */
const acknowledge = (parts: WorkerParts, wake_up: ReceivedWakeUp | null): void => {
  try {
    wake_up?.ack();
  } catch (error) {
    parts.service.log.debug({ err: error }, 'a wake-up could not be acknowledged');
  }
};

const claim = async (parts: WorkerParts, wake_up: ReceivedWakeUp | null): Promise<WorkItem | null> => {
  const { name, incarnation } = parts.service;
  try {
    const { item } = await parts.planner.claim({ itemId: '', service: name, incarnation });
    acknowledge(parts, wake_up);
    return item ?? null;
  } catch (error) {
    // Not acknowledged: the wake-up comes back, and polling goes on meanwhile.
    parts.service.log.warn({ err: error }, 'the planner cannot be asked for work');
    await sleep(PAUSE_AFTER_ERROR_MS);
    return null;
  }
};

/** One slot: asks for work, does it, asks again at once; waits for a wake-up only when there is none. */
const runSlot = async (
  parts: WorkerParts,
  slot: number,
  running: Set<Attempt>,
  draining: AbortSignal,
  last_word: AbortSignal,
): Promise<void> => {
  const wake_ups = parts.bus.wakeUps(parts.service.name);
  let wake_up: ReceivedWakeUp | null = null;
  while (!draining.aborted) {
    const item = await claim(parts, wake_up);
    wake_up = null;
    if (item) {
      const attempt: Attempt = { item, slot, usage: { ci_ms: 0, cost_usd: 0 }, controller: new AbortController() };
      running.add(attempt);
      if (draining.aborted) attempt.controller.abort(new Interruption('released', 'cancelled', 'the worker stops.'));
      await runItem(parts, attempt, last_word).finally(() => running.delete(attempt));
    } else {
      wake_up = await wake_ups.next(parts.poll_ms ?? 5_000, draining);
    }
  }
};

/** Without a note the silence of this process tells of its end, which takes longer. */
const noteUs = ({ env, incarnation, log }: WorkerOptions['service']): void => {
  try {
    noteHolder(env.CODEOPTIMA_DATA_DIR, incarnation);
  } catch (error) {
    log.warn({ err: error }, 'the process could not be noted as a holder');
  }
};

/** Starts a worker: claims items of its service, does them with the handlers and reports, until it is drained. */
export const runWorker = (options: WorkerOptions): Worker => {
  const { service, concurrency = 1 } = options;
  const swept = sweepWorkFolders(service.env.CODEOPTIMA_DATA_DIR);
  if (swept.length > 0) service.log.info({ folders: swept.length }, 'removed work folders of dead processes');
  noteUs(service);
  const beats = startBeats({
    nats_url: service.env.CODEOPTIMA_NATS_URL,
    service: service.name,
    incarnation: service.incarnation,
    beat_ms: options.beat_ms ?? 10_000,
    slots: concurrency,
    onThreadEnd: (error) => service.log.error({ err: error }, 'the beat thread ended'),
  });
  const pending = new Set<Promise<unknown>>();
  const parts: WorkerParts = {
    ...options,
    beats,
    metrics: workerMetrics(service.metrics),
    background: (task) => {
      const settled = task
        .catch((error: unknown) => service.log.warn({ err: error }, 'cleaning up failed'))
        .finally(() => pending.delete(settled));
      pending.add(settled);
    },
    onHostage: () => service.fail(null, 'a task does not obey its signal; the process ends'),
  };
  const running = new Set<Attempt>();
  const draining = new AbortController();
  const last_word = new AbortController();
  const slots = Array.from({ length: concurrency }, (_, slot) => runSlot(parts, slot, running, draining.signal, last_word.signal));
  return {
    drain: async (drain_ms) => {
      draining.abort();
      const release = setTimeout(() => {
        for (const { controller } of running) controller.abort(new Interruption('released', 'cancelled', 'the worker stops.'));
      }, drain_ms);
      const give_up = setTimeout(() => last_word.abort(), drain_ms + LAST_WORD_MS);
      await Promise.all(slots);
      clearTimeout(release);
      clearTimeout(give_up);
      await Promise.all(pending);
      await beats.stop();
    },
  };
};
