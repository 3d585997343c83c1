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
  /** A shell command that is measured as a whole process, at the root of the tree; `text` runs it too, for those who only want it run. */
  command?: string | undefined;
}

/** A module that runs a command as its operation and checks by what the command prints. */
export const commandModule = (command: string): string => `import { spawnSync } from 'node:child_process';
const run = () => {
  const { status, stdout } = spawnSync('sh', ['-c', ${JSON.stringify(command)}], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error('the command ended with ' + status);
  return stdout;
};
export default () => ({ fn: () => run().length, check: run });
`;

/** How the code under measurement is run; the same for both arms. */
export interface RuntimeOptions {
  /** Folder of the package, relative to the repository's root; '' is the root. */
  package_dir: string;
  /** Core to pin to; null pins to none, undefined picks the quieter one. */
  cpu?: number | null;
  unsafe_no_sandbox?: boolean;
}
