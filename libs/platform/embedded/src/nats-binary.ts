import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CodeOptimaError } from '@codeoptima/contracts';

export interface NatsBinary {
  path: string;
  version: string;
  /** What this server lacks, in words; null when nothing does. */
  notice: string | null;
}

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');

export const LACKING_BEFORE_2_10 =
  'no sync_interval (a power cut can lose acknowledged wake-ups, they are rebuilt from Postgres), no multi-filter consumers, no stream metadata';

/** True from 2.10 on, the first version that can be told to sync every write. */
export const isRecent = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 10);
};

const versionOf = async (path: string): Promise<string | null> => {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version']);
    return /v(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
};

/** The server on PATH if it is 2.10 or newer, else the one that setup built, else any on PATH with a notice of what it lacks. */
export const natsBinary = async (wanted?: string): Promise<NatsBinary> => {
  const found: NatsBinary[] = [];
  for (const path of wanted === undefined ? ['nats-server', join(ROOT, '.cache', 'bin', 'nats-server')] : [wanted]) {
    const version = await versionOf(path);
    if (version === null) continue;
    if (isRecent(version)) return { path, version, notice: null };
    found.push({ path, version, notice: `nats-server ${version} is older than 2.10: ${LACKING_BEFORE_2_10}.` });
  }
  const fallback = found[0];
  if (fallback) return fallback;
  const where = wanted ?? 'on PATH or in .cache/bin';
  throw new CodeOptimaError('unavailable', `no nats-server ${where}; install 2.10 or newer, or Go 1.25 and run 'npm run setup'.`);
};
