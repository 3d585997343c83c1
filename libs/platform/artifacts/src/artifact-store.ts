import type { Readable } from 'node:stream';
import type { ArtifactRef } from '@codeoptima/contracts';

/** Bytes, text, a stream, or a file on this machine (which is copied). */
export type ArtifactSource = Uint8Array | string | Readable | { file: string };

export interface Collection {
  removed: number;
  removed_bytes: number;
}

/**
 * Holds what is too large for an event: logs, profiles, patches, samples, prepared trees. Content-addressed, so the same bytes are
 * stored once and a reference can never mean anything else. Every method throws CodeOptimaError: `not_found` for an unknown reference,
 * `disk_full` with nothing left behind, `internal` when stored bytes no longer match their address.
 */
export interface ArtifactStore {
  /** Durable when it returns. */
  put: (source: ArtifactSource) => Promise<ArtifactRef>;
  /** The whole content, verified. */
  get: (ref: ArtifactRef) => Promise<Buffer>;
  has: (ref: ArtifactRef) => Promise<boolean>;
  stat: (ref: ArtifactRef) => Promise<{ size_bytes: number }>;
  /** Writes the verified content to a file, which appears whole or not at all. */
  getToFile: (ref: ArtifactRef, path: string) => Promise<void>;
  /** Removes what is not reachable and was put (or put again) before `before_ms`, wall clock; also drafts of processes that died. */
  collect: (reachable: ReadonlySet<ArtifactRef>, before_ms: number) => Promise<Collection>;
}
