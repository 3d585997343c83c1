import { type DescMessage, type MessageInitShape, type MessageShape, create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  type Beat,
  BeatSchema,
  type Cancel,
  CancelSchema,
  type Progress,
  ProgressSchema,
  SUBJECT_BEATS_ALL,
  WakeUpSchema,
  subjectCancel,
  subjectEvent,
  subjectWork,
} from '@codeoptima/contracts';
import type { NatsConnection } from '@nats-io/transport-node';
import type { ConnectionState, Unsubscribe } from './connection-state.ts';
import type { JetStreamChannel } from './jetstream-channel.ts';
import { inMessageSpan, traceHeaders } from './tracing.ts';
import { type WakeUpSource, wakeUpSource } from './wake-ups.ts';

export interface PublishOptions {
  /** `Nats-Msg-Id`: the server stores a repeated one once within two minutes. Use `<run>:<version>`. */
  message_id?: string;
  /** Trace context the message belongs to; by default the active one. */
  traceparent?: string;
}

/** The one way to the message bus. Nothing here is a truth: every message is a hint or a notice. */
export interface Bus {
  server_version: string;
  /** What this server lacks, in words; to be logged loudly. */
  notices: string[];
  isConnected: () => boolean;
  /**
   * False while the connected server keeps nothing for some stream: nats-server 2.14 refuses for ever to write to a stream whose disk was
   * full once, though it answers everything else. Only its new start helps.
   */
  isStoring: () => boolean;
  /** Told when the connection is lost (false) or back (true). */
  onConnection: (listener: (connected: boolean) => void) => Unsubscribe;
  /** Stores a message in its stream; returns once it is on the server's disk. @throws CodeOptimaError `unavailable`. */
  publish: (subject: string, data: Uint8Array, options?: PublishOptions) => Promise<{ duplicate: boolean }>;
  publishWakeUp: (wake_up: MessageInitShape<typeof WakeUpSchema>, options?: PublishOptions) => Promise<{ duplicate: boolean }>;
  /** A fact of a run on `events.<run_id>.<type>`, as JSON. */
  publishEvent: (run_id: string, type: string, data_json: string, options?: PublishOptions) => Promise<{ duplicate: boolean }>;
  wakeUps: (service: string) => WakeUpSource;
  onBeat: (listener: (beat: Beat) => void) => Unsubscribe;
  sendCancel: (cancel: MessageInitShape<typeof CancelSchema>) => void;
  onCancel: (item_id: string, listener: (cancel: Cancel) => void) => Unsubscribe;
  sendProgress: (progress: MessageInitShape<typeof ProgressSchema>) => void;
  /** Live progress of one run, or of all with `*`. */
  onProgress: (run_id: string, listener: (progress: Progress) => void) => Unsubscribe;
  /** Makes the streams if they are missing and checks what the server kept of them. */
  ensureStreams: () => Promise<void>;
  /** Waits until everything sent so far has reached the server. */
  flush: () => Promise<void>;
  close: () => Promise<void>;
}

const encode = <D extends DescMessage>(schema: D, message: MessageInitShape<D>): Uint8Array => toBinary(schema, create(schema, message));

/** Subscribes to a core subject; what cannot be decoded is reported and skipped. */
const listen = <D extends DescMessage>(
  connection: NatsConnection,
  subject: string,
  schema: D,
  listener: (message: MessageShape<D>) => void,
  onError: (what: string, error: unknown) => void,
): Unsubscribe => {
  const subscription = connection.subscribe(subject, {
    callback: (error, message) => {
      if (error) return onError(subject, error);
      try {
        const decoded = fromBinary(schema, message.data);
        inMessageSpan(subject, message.headers, () => listener(decoded));
      } catch (cause) {
        onError(subject, cause);
      }
    },
  });
  return () => subscription.unsubscribe();
};

export interface BusDependencies {
  connection: NatsConnection;
  channel: JetStreamChannel;
  state: ConnectionState;
  notices: string[];
  onError: (what: string, error: unknown) => void;
}

/** Puts the typed messages of the contracts on a connection. */
export const createBus = ({ connection, channel, state, notices, onError }: BusDependencies): Bus => ({
  server_version: connection.info?.version ?? '',
  notices,
  isConnected: state.isConnected,
  isStoring: channel.isStoring,
  onConnection: state.onChange,
  publish: channel.publish,
  publishWakeUp: (wake_up, options) => channel.publish(subjectWork(wake_up.service ?? ''), encode(WakeUpSchema, wake_up), options),
  publishEvent: (run_id, type, data_json, options) => channel.publish(subjectEvent(run_id, type), Buffer.from(data_json), options),
  wakeUps: (service) => wakeUpSource(service, { ...channel, state, onError }),
  onBeat: (listener) => listen(connection, SUBJECT_BEATS_ALL, BeatSchema, listener, onError),
  sendCancel: (cancel) => connection.publish(subjectCancel(cancel.itemId ?? ''), encode(CancelSchema, cancel), { headers: traceHeaders() }),
  onCancel: (item_id, listener) => listen(connection, subjectCancel(item_id), CancelSchema, listener, onError),
  sendProgress: (progress) =>
    connection.publish(subjectEvent(progress.runId ?? '', 'progress'), encode(ProgressSchema, progress), { headers: traceHeaders() }),
  onProgress: (run_id, listener) => listen(connection, subjectEvent(run_id, 'progress'), ProgressSchema, listener, onError),
  ensureStreams: channel.ensureStreams,
  flush: () => connection.flush(),
  close: () => connection.close(),
});
