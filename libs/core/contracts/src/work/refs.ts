import { z } from 'zod';

/** Content address in the object store. */
export const ArtifactRef = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export type ArtifactRef = z.infer<typeof ArtifactRef>;

export const CommitHash = z.string().regex(/^[0-9a-f]{40,64}$/);

/** Names of the agents; each is a service of its own. */
export const ServiceName = z.enum(['builder', 'analyzer', 'refactorer', 'benchmark-runner', 'reviewer']);
export type ServiceName = z.infer<typeof ServiceName>;

/** Tasks of the workflow `optimize`, and who does them. */
export const TASK_SERVICE: Record<string, ServiceName> = {
  baseline: 'builder',
  hotspots: 'analyzer',
  propose: 'refactorer',
  verify: 'benchmark-runner',
  review: 'reviewer',
  merge: 'reviewer',
};
