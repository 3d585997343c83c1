import { Readable } from 'node:stream';
import { SnapshotFiles } from '../../gen/snapshot_files_pb.ts';
import { type SnapshotDescription, Snapshots } from '../../gen/snapshots_pb.ts';
import { type RestCall, checkName } from './call.ts';
import { given, oneOf, optional, refuse, required, text } from './read.ts';
import { invalid, unserved } from './refusal.ts';

/** Opening and checking what a snapshot holds takes longer than any other call. */
const RECOVER_MS = 600_000;

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

/** The snapshot as a tar archive, as it is read. */
export const downloadSnapshot = async (call: RestCall): Promise<Readable> => {
  const pieces = call.stream(SnapshotFiles.method.download, {
    collectionName: call.collectionName,
    snapshotName: call.parameter('snapshot'),
  });
  const first = await pieces.next();
  return Readable.from(
    (async function* () {
      if (!first.done) yield first.value.data;
      for await (const { data } of pieces) yield data;
    })(),
    { objectMode: false },
  );
};

/** `file:///…/COLLECTION/SNAPSHOT` names a snapshot by its last two parts, wherever clients think that the server keeps them. */
const sourceOf = (location: string): { from: string; snapshot: string } => {
  if (/^https?:/.test(location))
    return unserved('snapshots from another server; take one that is listed here, by file:///COLLECTION/SNAPSHOT');
  let words: string[] = [];
  try {
    words = decodeURIComponent(location.replace(/^file:\/\//, ''))
      .split('/')
      .filter(Boolean);
  } catch {
    // Not the escapes of a URL.
  }
  const [from, snapshot] = words.slice(-2);
  if (from === undefined || snapshot === undefined)
    return invalid('location', location, 'file:///COLLECTION/SNAPSHOT, of a snapshot that is listed');
  return { from: checkName(from), snapshot };
};

export const recoverSnapshot = async (call: RestCall) => {
  const { body } = call;
  refuse(body, { checksum: 'a checksum of the caller; snapshots carry their own' });
  // With one copy of everything there is nothing to weigh the snapshot against.
  if (given(body, 'priority')) optional(body, 'priority', oneOf(['no_sync', 'snapshot', 'replica']));
  const { from, snapshot } = sourceOf(required(body, 'location', text));
  const request = { collectionName: call.collectionName, fromCollection: from, snapshotName: snapshot };
  return (await call.ask(SnapshotFiles.method.recover, request, RECOVER_MS)).result;
};
