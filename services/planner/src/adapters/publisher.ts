import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@codeoptima/bus';
import { faultPoint, type Logger } from '@codeoptima/service-kit';
import type { OutboxMessage, OutboxRow, Store } from '@codeoptima/store';
import type { RunEvent } from '@codeoptima/workflow';
import { factJson } from '../domain/outbox-messages.ts';

/** A committed decision whose messages are to be sent. */
export interface Committed {
  outbox_id: number;
  run_id: string;
  traceparent: string;
  messages: readonly OutboxMessage[];
  events: ReadonlyMap<number, RunEvent>;
  /** Epochs that ended with dropped items. */
  dropped: ReadonlyMap<string, number>;
}

export interface Publisher {
  /** Sends at once, from memory; what fails or would queue up is left to `relay`. */
  offer: (committed: Committed) => void;
  /** Sends what is left in the outbox: after a crash, an outage of the bus, or a flood. @returns rows sent */
  relay: () => Promise<number>;
  /** Waits until what was offered is sent and marked. */
  drain: () => Promise<void>;
}

/** Decisions in flight at most; the rest waits in the outbox, where it takes no memory. */
const IN_FLIGHT_MAX = 256;
const RELAY_ROWS = 200;
const MARK_AFTER_MS = 20;

export function createPublisher(store: Store, bus: Bus, log: Logger): Publisher {
  const in_flight = new Set<Promise<void>>();
  let sent: number[] = [];
  let marking: Promise<void> | null = null;

  // One statement marks many: a mark per decision would double the commits.
  const markSoon = async (): Promise<void> => {
    await sleep(MARK_AFTER_MS);
    const ids = sent;
    sent = [];
    marking = null;
    // Unmarked rows are sent again; the bus and its readers know them by their ids.
    await store.outbox.markPublished(ids).catch((error: unknown) => log.warn({ err: error }, 'sent messages could not be marked'));
  };
  const mark = (outbox_id: number): Promise<void> => {
    sent.push(outbox_id);
    marking ??= markSoon();
    return marking;
  };

  const send = async (committed: Committed): Promise<void> => {
    faultPoint('planner.before_publish');
    await Promise.all(committed.messages.map((message) => sendOne(store, bus, committed, message)));
    faultPoint('planner.after_publish');
  };

  return {
    offer: (committed) => {
      if (in_flight.size >= IN_FLIGHT_MAX || !bus.isConnected()) return;
      const sending = send(committed)
        .then(() => mark(committed.outbox_id))
        .catch((error: unknown) => log.debug({ err: error, job_id: committed.run_id }, 'messages stay in the outbox'))
        .finally(() => in_flight.delete(sending));
      in_flight.add(sending);
    },
    relay: async () => {
      if (!bus.isConnected()) return 0;
      return store.outbox.drain(RELAY_ROWS, async (rows) => {
        const loaded = await Promise.all(rows.map((row) => load(store, row)));
        const results = await Promise.allSettled(loaded.map(send));
        return rows.filter((_, index) => results[index]?.status === 'fulfilled').map(({ id }) => id);
      });
    },
    drain: async () => {
      while (in_flight.size > 0) await Promise.allSettled(in_flight);
    },
  };
}

async function sendOne(store: Store, bus: Bus, { run_id, traceparent, events, dropped }: Committed, message: OutboxMessage): Promise<void> {
  if (message.kind === 'wake_up') {
    const { item_id, service, epoch } = message;
    await bus.publishWakeUp({ itemId: item_id, service, runId: run_id }, { message_id: `${item_id}:${epoch}`, traceparent });
  } else if (message.kind === 'cancel') {
    const epoch = message.epoch ?? dropped.get(message.item_id) ?? ((await store.items.find(message.item_id))?.epoch ?? 1) - 1;
    bus.sendCancel({ itemId: message.item_id, epoch: BigInt(epoch), reason: message.reason });
  } else {
    const event = events.get(message.version);
    if (event === undefined) return;
    const options = { message_id: `${run_id}:${message.version}`, traceparent };
    await bus.publishEvent(run_id, message.type, factJson(run_id, message.version, event), options);
  }
}

async function load(store: Store, { id, run_id, messages, traceparent }: OutboxRow): Promise<Committed> {
  const versions = messages.flatMap((message) => (message.kind === 'event' ? [message.version] : []));
  const first = Math.min(...versions);
  const stored = versions.length === 0 ? [] : await store.events.read(run_id, first - 1, Math.max(...versions) - first + 1);
  const events = new Map(stored.map(({ version, event }) => [version, event]));
  return { outbox_id: id, run_id, traceparent, messages, events, dropped: new Map() };
}
