import { createHash } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { Channel } from '@codeoptima/embedding';
import { INDEXED } from '../domain/conditions.ts';
import { CHANNEL_NAMES } from '../domain/likeness.ts';
import { TIERS, type TierName } from '../domain/record.ts';
import { Collections, Distance } from '../gen/collections_pb.ts';
import { FieldType } from '../gen/points_pb.ts';
import { Points } from '../gen/points_service_pb.ts';
import { toPayload } from './payload.ts';
import { type Wire, asOurs } from './wire.ts';

/** Collections of the gateway itself; clients of the Qdrant ports neither see nor touch them. */
export const RESERVED_PREFIX = 'codeoptima_';
export const FENCES = `${RESERVED_PREFIX}fences`;
export const MESSAGES = `${RESERVED_PREFIX}messages`;
const MEMORY = `${RESERVED_PREFIX}memory_`;

export type Backend = 'sidecar' | 'qdrant';

/** Vectors of two embeddings are never compared, so each version has collections of its own. */
const slug = (version: string): string =>
  `${version.replace(/[^\w-]/g, '-').slice(0, 60)}-${createHash('sha256').update(version).digest('hex').slice(0, 8)}`;

export const tierCollection = (tier: TierName, version: string): string => `${MEMORY}${tier}_${slug(version)}`;

const FIELD_TYPES = { keyword: FieldType.FieldTypeKeyword, integer: FieldType.FieldTypeInteger };

interface Shape {
  name: string;
  vectors: Record<string, number>;
  tier: TierName;
  indexed: Record<string, keyof typeof FIELD_TYPES>;
}

/** The engine takes the tier from the metadata; Qdrant knows memory and disk. */
const settings = (tier: TierName, backend: Backend) =>
  backend === 'sidecar' ? { metadata: toPayload({ tier }) } : { onDiskPayload: tier !== 'hot' };

const createCollection = async (wire: Wire, backend: Backend, shape: Shape): Promise<void> => {
  const map = Object.fromEntries(
    Object.entries(shape.vectors).map(([name, size]) => [
      name,
      { size: BigInt(size), distance: Distance.Cosine, ...(backend === 'qdrant' && shape.tier !== 'hot' ? { onDisk: true } : {}) },
    ]),
  );
  try {
    await wire.call(Collections.method.create, {
      collectionName: shape.name,
      vectorsConfig: { config: { case: 'paramsMap', value: { map } } },
      ...settings(shape.tier, backend),
    });
  } catch (error) {
    if ((error as { code?: number }).code !== status.ALREADY_EXISTS) throw asOurs(error);
  }
  // Also for a collection that was there: whoever made it may have ended before its indexes.
  for (const [fieldName, type] of Object.entries(shape.indexed))
    await wire.ask(Points.method.createFieldIndex, {
      collectionName: shape.name,
      wait: true,
      fieldName,
      fieldType: FIELD_TYPES[type],
    });
};

const hasCollection = async (wire: Wire, collectionName: string): Promise<boolean> =>
  (await wire.ask(Collections.method.collectionExists, { collectionName })).result?.exists ?? false;

/** Makes a collection that holds records without likeness; its one vector says nothing. */
export const ensurePlain = async (wire: Wire, backend: Backend, name: string, indexed: Shape['indexed']): Promise<void> => {
  if (!(await hasCollection(wire, name))) await createCollection(wire, backend, { name, vectors: { none: 1 }, tier: 'project', indexed });
};

export const PLAIN_VECTOR = { vectorsOptions: { case: 'vectors' as const, value: { vectors: { none: { data: [1] } } } } };

/** Makes the three tiers of an embedding's version, unless they are there. */
export const ensureTiers = async (wire: Wire, backend: Backend, version: string, dimensions: Record<Channel, number>): Promise<void> => {
  for (const tier of TIERS) {
    const name = tierCollection(tier, version);
    const vectors = Object.fromEntries(CHANNEL_NAMES.map((channel) => [channel, dimensions[channel]]));
    if (!(await hasCollection(wire, name))) await createCollection(wire, backend, { name, vectors, tier, indexed: INDEXED });
  }
};

export interface OldTier {
  tier: TierName;
  collection: string;
}

/** Tiers that another version of the embedding left behind. */
export const oldTiers = async (wire: Wire, version: string): Promise<OldTier[]> => {
  const { collections } = await wire.ask(Collections.method.list, {});
  return collections.flatMap(({ name }) => {
    const tier = TIERS.find((each) => name.startsWith(`${MEMORY}${each}_`));
    return tier && name !== tierCollection(tier, version) ? [{ tier, collection: name }] : [];
  });
};

export const dropCollection = async (wire: Wire, collectionName: string): Promise<void> => {
  await wire.ask(Collections.method.delete, { collectionName });
};
