import type { WorkloadSource } from '@codeoptima/contracts';

/** A workload as the measurement needs it: `Workload` of the contracts with its source text fetched. */
export interface MeasuredWorkload {
  id: string;
  name: string;
  source: WorkloadSource;
  /** Source text of the module. */
  text: string;
  /** Where the module lies in the repository, so that its relative imports work; null for a module of its own. */
  path: string | null;
  /** Module handed to `setup`, relative to the repository's root; null hands over the package's entry. */
  entry: string | null;
}

/** How the code under measurement is run; the same for both arms. */
export interface RuntimeOptions {
  /** Folder of the package, relative to the repository's root; '' is the root. */
  package_dir: string;
  /** Core to pin to; null pins to none, undefined picks the quieter one. */
  cpu?: number | null;
  unsafe_no_sandbox?: boolean;
}
