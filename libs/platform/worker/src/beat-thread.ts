import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { type NatsConnection, openConnection } from '@codeoptima/bus/connection';
import { type BeatOrder, type BeatThreadData, withCounter } from './beat-protocol.ts';

// Runs in a thread of its own with a connection of its own, so that a main thread that computes for minutes still shows that it lives.
const { nats_url, name, beat_ms, counters } = workerData as BeatThreadData;
const progress = new BigInt64Array(counters);
const held = new Map<number, { subject: string; beat: Uint8Array }>();
let connection: NatsConnection | null = null;

const beat = (slot: number): void => {
  const holding = held.get(slot);
  if (!holding || !connection || connection.isClosed()) return;
  connection.publish(holding.subject, withCounter(holding.beat, Atomics.load(progress, slot)));
};

parentPort?.on('message', (order: BeatOrder) => {
  if (order.kind === 'drop') return void held.delete(order.slot);
  held.set(order.slot, order);
  beat(order.slot);
});

setInterval(() => {
  for (const slot of held.keys()) beat(slot);
}, beat_ms);

while (connection === null) {
  connection = await openConnection(nats_url, name).catch(() => null);
  if (connection === null) await sleep(500);
}
for (const slot of held.keys()) beat(slot);
