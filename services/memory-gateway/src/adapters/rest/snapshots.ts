import { type SnapshotDescription, Snapshots } from '../../gen/snapshots_pb.ts';
import type { RestCall } from './call.ts';

const snapshotJson = (snapshot: SnapshotDescription | undefined) => ({
  name: snapshot?.name ?? '',
  // Without a zone, as the interface has it.
  creation_time: snapshot?.creationTime ? new Date(Number(snapshot.creationTime.seconds) * 1_000).toISOString().slice(0, 19) : null,
  size: snapshot?.size ?? 0n,
  checksum: snapshot?.checksum ?? null,
});

export const createSnapshot = async (call: RestCall) =>
  snapshotJson((await call.ask(Snapshots.method.create, { collectionName: call.collectionName })).snapshotDescription);

export const listSnapshots = async (call: RestCall) =>
  (await call.ask(Snapshots.method.list, { collectionName: call.collectionName })).snapshotDescriptions.map(snapshotJson);

export const deleteSnapshot = async (call: RestCall) => {
  await call.ask(Snapshots.method.delete, { collectionName: call.collectionName, snapshotName: call.parameter('snapshot') });
  return true;
};
