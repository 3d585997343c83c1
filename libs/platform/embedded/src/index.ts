export { draftOf, sweepDrafts } from './drafts.ts';
export { freePort } from './free-port.ts';
export { LACKING_BEFORE_2_10, isRecent, natsBinary } from './nats-binary.ts';
export { type NatsOptions, type NatsServer, lastNatsUrl, startNats } from './nats.ts';
export { type PostgresOptions, type PostgresServer, startPostgres } from './postgres.ts';
export {
  type ProcessIdentity,
  type SpawnDetachedOptions,
  endProcess,
  identify,
  isAlive,
  isSameProcess,
  poll,
  sendSignal,
  spawnDetached,
  startTicks,
  waitForExit,
} from './process.ts';
export { openScratch, scratchRoots, sweepScratch } from './scratch.ts';
export { secretFile } from './secret-file.ts';
export { type SidecarState, findSidecar, remedyOf } from './sidecar-binary.ts';
export { type SidecarKeys, type SidecarOptions, type SidecarServer, sidecarAddress, startSidecar } from './sidecar.ts';
export { socketDirectory } from './socket-directory.ts';
