import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { openScratch } from '@codeoptima/embedded/scratch';
import { calibrationFolder, calibrationKey, DEFAULT_FLAGS, probeHost } from '@codeoptima/measurement';
import type { CliContext } from '../context.ts';

const PROBE_MS = 200;

export const calibrationDir = (data_dir: string): string => join(data_dir, 'calibration');

/** Stabilising flags of this machine and runtime: as calibrated, else the default set. */
export async function stabilisingFlags(data_dir: string): Promise<{ flags: readonly string[]; calibrated: boolean }> {
  const calibration = await calibrationFolder(calibrationDir(data_dir)).read(calibrationKey(await probeHost(PROBE_MS)));
  return { flags: calibration?.flags ?? DEFAULT_FLAGS, calibrated: calibration !== null };
}

export interface WorkSession {
  workdir: string;
  cache_dir: string;
  signal: AbortSignal;
}

/** Runs `work` while temporary files go to a scratch folder of this process; the folder is gone afterwards, and what dead ones left too. */
export async function withScratch<T>(data_dir: string, work: (path: string) => Promise<T>): Promise<T> {
  const scratch = openScratch(data_dir);
  try {
    return await work(scratch.path);
  } finally {
    scratch.close();
  }
}

/** Runs `work` with a folder of its own and a signal that Ctrl-C aborts; the folder is gone afterwards, whatever happened. */
export async function inWorkFolder<T>(context: CliContext, data_dir: string, work: (session: WorkSession) => Promise<T>): Promise<T> {
  const cache_dir = join(data_dir, 'cache');
  await mkdir(cache_dir, { recursive: true, mode: 0o700 });
  const stop = new AbortController();
  const release = context.onSignal(() => stop.abort(new DOMException('cancelled', 'AbortError')));
  try {
    return await withScratch(
      data_dir,
      async (path) => await work({ workdir: await mkdtemp(join(path, 'verify-')), cache_dir, signal: stop.signal }),
    );
  } finally {
    release();
  }
}
