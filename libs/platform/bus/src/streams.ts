import { CodeOptimaError, STREAM_EVENTS, STREAM_WORK, SUBJECT_EVENTS_ALL, SUBJECT_WORK_ALL } from '@codeoptima/contracts';
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { knows, type ServerVersion } from './server-version.ts';

const NANOS_PER_S = 1_000_000_000;

/** A stream as we want it. Everything named here is compared with what the server made of it. */
export interface StreamDefinition {
  config: Partial<StreamConfig> & { name: string; subjects: string[] };
  /** Fields that older servers do not know: left out there, with a notice. */
  newer: readonly { since: ServerVersion; fields: object }[];
}

const DEDUPLICATION = 120 * NANOS_PER_S;

export const STREAMS: StreamDefinition[] = [
  {
    config: {
      name: STREAM_WORK,
      subjects: [SUBJECT_WORK_ALL],
      description: 'Wake-ups: an item of this service is due.',
      retention: RetentionPolicy.Workqueue,
      // DiscardOld would drop wake-ups that nobody has read; a refused publish stays in the outbox instead.
      discard: DiscardPolicy.New,
      storage: StorageType.File,
      // A waiting item is waked anew every half minute at most, while all its workers are busy; what lies here longer says nothing new.
      max_age: 600 * NANOS_PER_S,
      max_msgs: 100_000,
      max_bytes: 64 * 1024 * 1024,
      max_msg_size: 64 * 1024,
      duplicate_window: DEDUPLICATION,
      num_replicas: 1,
    },
    newer: [{ since: [2, 10], fields: { metadata: { owner: 'codeoptima' } } }],
  },
  {
    config: {
      name: STREAM_EVENTS,
      subjects: [SUBJECT_EVENTS_ALL],
      description: 'Facts and progress of runs, for whoever listens. The truth is in Postgres.',
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      storage: StorageType.File,
      max_age: 7 * 24 * 3600 * NANOS_PER_S,
      max_bytes: 256 * 1024 * 1024,
      max_msgs_per_subject: 10_000,
      duplicate_window: DEDUPLICATION,
      num_replicas: 1,
    },
    newer: [
      { since: [2, 10], fields: { metadata: { owner: 'codeoptima' } } },
      // Written in the background: what a power cut takes of it is in Postgres, and a sync for each event would hold up everything else.
      { since: [2, 12], fields: { persist_mode: 'async' } },
    ],
  },
];

/** Names of the wanted fields that the server did not keep. A map may hold more than was asked for: servers add entries of their own. */
export const droppedFields = (wanted: object, kept: object): string[] =>
  Object.entries(wanted).flatMap(([field, value]) => {
    const actual = (kept as Record<string, unknown>)[field];
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return droppedFields(value, (actual as object | undefined) ?? {}).map((inner) => `${field}.${inner}`);
    return JSON.stringify(value) === JSON.stringify(actual) ? [] : [field];
  });

const infoOf = async (manager: JetStreamManager, name: string): Promise<object | null> => {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return null;
    throw error;
  }
};

/** The server's word for a change that a stream with messages in it cannot take. */
const UPDATE_REFUSED = 10052;

const apply = async (manager: JetStreamManager, config: StreamDefinition['config'], kept: object | null): Promise<void> => {
  if (kept !== null) {
    try {
      await manager.streams.update(config.name, config);
      return;
    } catch (error) {
      if (!(error instanceof JetStreamApiError && error.code === UPDATE_REFUSED)) throw error;
      // Any stream can be wiped: what is due is told again.
      await manager.streams.delete(config.name);
    }
  }
  await manager.streams.add(config as Parameters<typeof manager.streams.add>[0]);
};

export const configFor = ({ config, newer }: StreamDefinition, version: string): StreamDefinition['config'] =>
  Object.assign(
    {},
    config,
    ...newer.filter(({ since }) => knows(version, since)).map(({ fields }) => fields),
  ) as StreamDefinition['config'];

/**
 * Makes or corrects a stream, when it is not as it should be, and reads it back.
 * @throws CodeOptimaError `unavailable`, not retryable, when the server accepted the stream but dropped a field of it.
 */
export const ensureStream = async (manager: JetStreamManager, definition: StreamDefinition, version: string): Promise<void> => {
  const wanted = configFor(definition, version);
  const kept = await infoOf(manager, wanted.name);
  if (kept !== null && droppedFields(wanted, kept).length === 0) return;
  await apply(manager, wanted, kept);
  const dropped = droppedFields(wanted, (await infoOf(manager, wanted.name)) ?? {});
  if (dropped.length === 0) return;
  throw new CodeOptimaError('unavailable', `nats-server did not keep ${dropped.join(', ')} of stream ${wanted.name}; use 2.10 or newer.`, {
    retryable: false,
    ids: { stream: wanted.name },
  });
};
