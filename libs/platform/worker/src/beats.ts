import { Worker } from 'node:worker_threads';
import { create, toBinary } from '@bufbuild/protobuf';
import { BeatSchema, subjectBeat } from '@codeoptima/contracts';
import type { BeatOrder, BeatThreadData } from './beat-protocol.ts';

export interface BeatOptions {
  nats_url: string;
  service: string;
  incarnation: string;
  beat_ms: number;
  /** How many items can be held at once. */
  slots: number;
  onThreadEnd: (error: unknown) => void;
}

export interface Beats {
  /** Beats for an item from now on. */
  hold: (slot: number, item: { item_id: string; run_id: string; epoch: bigint }) => void;
  /** Tells that the work of a slot moved on. */
  raise: (slot: number) => void;
  drop: (slot: number) => void;
  stop: () => Promise<void>;
}

const tell = (thread: Worker, order: BeatOrder): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  thread.postMessage(order);
};

/** Starts the beat thread; one that ends is started anew and told what is held. */
export const startBeats = ({ nats_url, service, incarnation, beat_ms, slots, onThreadEnd }: BeatOptions): Beats => {
  const counters = new SharedArrayBuffer(slots * BigInt64Array.BYTES_PER_ELEMENT);
  const progress = new BigInt64Array(counters);
  const orders = new Map<number, BeatOrder>();
  const data: BeatThreadData = { nats_url, name: `${service} beats`, beat_ms, counters };
  let stopped = false;
  const launch = (): Worker => {
    // Small limits: it holds a few hundred bytes and a connection.
    const resourceLimits = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 2 };
    const thread = new Worker(new URL('./beat-thread.ts', import.meta.url), { workerData: data, resourceLimits, execArgv: [] });
    thread.unref();
    thread.on('error', onThreadEnd);
    thread.on('exit', () => {
      if (stopped) return;
      setTimeout(() => {
        if (!stopped) worker = launch();
      }, 500).unref();
    });
    for (const order of orders.values()) tell(thread, order);
    return thread;
  };
  let worker = launch();
  return {
    hold: (slot, { item_id, run_id, epoch }) => {
      const beat = create(BeatSchema, { incarnation, service, itemId: item_id, runId: run_id, epoch, pid: process.pid });
      Atomics.store(progress, slot, 0n);
      const order: BeatOrder = { kind: 'hold', slot, subject: subjectBeat(service, incarnation), beat: toBinary(BeatSchema, beat) };
      orders.set(slot, order);
      tell(worker, order);
    },
    raise: (slot) => void Atomics.add(progress, slot, 1n),
    drop: (slot) => {
      orders.delete(slot);
      tell(worker, { kind: 'drop', slot });
    },
    stop: async () => {
      stopped = true;
      await worker.terminate();
    },
  };
};
