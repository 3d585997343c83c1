import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Mount, REPO_TARGET } from '@codeoptima/sandbox';

export const HARNESS_SOURCE = resolve(import.meta.dirname, '..', 'harness');
const HARNESS_TARGET = '/opt/codeoptima/lib';
const WORKLOAD_TARGET = '/opt/codeoptima/workload';
const ANSWER_TARGET = '/answer';

/** Paths as the measured process sees them, equal for every tree, and the mounts that make them so. */
export interface Layout {
  mounts: Mount[];
  root_url: string;
  entry_url: string | null;
  workload_url: string;
  harness: string;
  answer_dir: string;
  cwd: string;
}

export interface LayoutInput {
  /** The tree, on the host. */
  dir: string;
  /** Holds the workload's text as `file`, on the host. */
  workload_dir: string;
  workload_file: string;
  /** Place of the workload in the repository, or null. */
  workload_path: string | null;
  entry: string | null;
  answer_dir: string;
  /** Without a sandbox nothing is mounted and every path is the host's. */
  unsafe_no_sandbox: boolean;
}

const url = (path: string): string => pathToFileURL(path).href;

/** How the measured process names the root of the tree, with a slash at the end. */
export const repositoryUrl = (dir: string, unsafe_no_sandbox: boolean): string => `${url(unsafe_no_sandbox ? dir : REPO_TARGET)}/`;

/** A workload of the repository lies over its own file, so that what runs is the text that was agreed on, not the tree's. */
export function layOut(input: LayoutInput): Layout {
  const host = input.unsafe_no_sandbox;
  const root = host ? input.dir : REPO_TARGET;
  const workloadDir = host ? input.workload_dir : WORKLOAD_TARGET;
  const inPlace = input.workload_path !== null;
  const mounts: Mount[] = [
    { source: input.dir, target: REPO_TARGET, mode: 'ro' },
    { source: HARNESS_SOURCE, target: HARNESS_TARGET, mode: 'ro' },
    { source: input.workload_dir, target: WORKLOAD_TARGET, mode: 'ro' },
    { source: input.answer_dir, target: ANSWER_TARGET, mode: 'rw' },
  ];
  if (input.workload_path !== null && !host) {
    mounts.push({ source: join(input.workload_dir, input.workload_file), target: join(REPO_TARGET, input.workload_path), mode: 'ro' });
  }
  return {
    mounts,
    root_url: repositoryUrl(input.dir, host),
    entry_url: input.entry === null ? null : url(join(root, input.entry)),
    workload_url: inPlace ? url(join(root, input.workload_path as string)) : url(join(workloadDir, input.workload_file)),
    harness: host ? HARNESS_SOURCE : HARNESS_TARGET,
    answer_dir: host ? input.answer_dir : ANSWER_TARGET,
    cwd: REPO_TARGET,
  };
}
