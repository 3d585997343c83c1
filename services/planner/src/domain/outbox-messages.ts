import type { OutboxMessage } from '@codeoptima/store';
import type { OpenItem, RunEvent } from '@codeoptima/workflow';

/**
 * What a decision tells the bus: first the wake-ups and cancels, which somebody waits for, then every event as a fact.
 * @param open the item that is open after the decision
 */
export function outboxMessages(first_version: number, events: readonly RunEvent[], open: OpenItem | null): OutboxMessage[] {
  const urgent = events.flatMap((event): OutboxMessage[] => {
    switch (event.type) {
      case 'TaskScheduled':
        return [{ kind: 'wake_up', item_id: event.item_id, service: event.service, epoch: 0 }];
      case 'TaskRequeued':
        // A later attempt is waked when its pause is over.
        return event.delay_ms > 0 || open === null
          ? []
          : [{ kind: 'wake_up', item_id: event.item_id, service: open.service, epoch: open.epoch }];
      case 'TaskExpired':
        return [{ kind: 'cancel', item_id: event.item_id, epoch: event.epoch - 1, reason: event.reason }];
      case 'TaskDropped':
        return [{ kind: 'cancel', item_id: event.item_id, reason: event.reason }];
      default:
        return [];
    }
  });
  const facts = events.map((event, index): OutboxMessage => ({ kind: 'event', version: first_version + index, type: event.type }));
  return [...urgent, ...facts];
}

/** Larger facts go without the task's result: whoever needs it reads the log. The bus refuses messages over 1 MiB. */
const FACT_BYTES_MAX = 512 * 1024;

/** A fact as it travels: the event with its run and version. */
export function factJson(run_id: string, version: number, event: RunEvent): string {
  const text = JSON.stringify({ run_id, version, ...event });
  if (text.length < FACT_BYTES_MAX / 4 || Buffer.byteLength(text) <= FACT_BYTES_MAX) return text;
  const { type, at_ms } = event;
  return JSON.stringify({ run_id, version, type, at_ms, truncated: true });
}
