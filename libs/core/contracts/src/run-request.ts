import { RunConfig } from '@codeoptima/config';
import { z } from 'zod';

/** What a run is about. `repository` is an absolute path or a git URL; the commit is fixed at submission for a path. */
export const RunRequest = z.object({
  repository: z.string().min(1),
  /** Commit, branch or tag; null means the repository's HEAD. */
  ref: z.string().nullable(),
  config: RunConfig,
});
export type RunRequest = z.infer<typeof RunRequest>;
