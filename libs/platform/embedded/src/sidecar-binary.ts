import { execFile } from 'node:child_process';
import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CodeOptimaError } from '@codeoptima/contracts';

const CACHE = join(import.meta.dirname, '..', '..', '..', '..', '.cache');

/** Debian packages that building the vector engine takes. */
const PACKAGES = [
  'g++',
  'cmake',
  'ninja-build',
  'pkg-config',
  'libsodium-dev',
  'libgrpc++-dev',
  'protobuf-compiler',
  'protobuf-compiler-grpc',
  'libprotobuf-dev',
  'libgtest-dev',
];

export type SidecarState =
  | { state: 'built'; path: string }
  | { state: 'building'; log: string }
  /** `packages`: what is missing of Debian's. Empty: nothing is, so only the build has not been done, or failed. */
  | { state: 'absent'; packages: string[]; log: string | null };

const isThere = (path: string, mode = constants.R_OK): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

const isInstalled = async (name: string): Promise<boolean> => {
  try {
    const { stdout } = await promisify(execFile)('dpkg-query', ['-W', '-f=${Status}', name]);
    return stdout.includes('install ok installed');
  } catch {
    return false;
  }
};

const isBuilding = async (): Promise<boolean> => {
  const pid = Number(await readFile(join(CACHE, 'vector-sidecar.pid'), 'utf8').catch(() => ''));
  return pid > 0 && (await isThere(`/proc/${pid}`));
};

/** Whether this checkout has its vector engine, and if not, what it takes. */
export const findSidecar = async (): Promise<SidecarState> => {
  const path = join(CACHE, 'bin', 'vector-sidecar');
  if (await isThere(path, constants.X_OK)) return { state: 'built', path };
  const log = join(CACHE, 'vector-sidecar.log');
  if (await isBuilding()) return { state: 'building', log };
  const installed = await Promise.all(PACKAGES.map(isInstalled));
  return { state: 'absent', packages: PACKAGES.filter((_name, index) => !installed[index]), log: (await isThere(log)) ? log : null };
};

/** The engine's program. @throws CodeOptimaError `unavailable`: it is being built, or what to install. */
export const sidecarBinary = async (): Promise<string> => {
  const found = await findSidecar();
  if (found.state === 'built') return found.path;
  throw new CodeOptimaError(
    'unavailable',
    found.state === 'building'
      ? 'the vector engine is being built; the memory starts when that is done.'
      : `there is no vector engine, so no memory; ${remedyOf(found)}.`,
  );
};

/** What to do about an absent engine, as a command. */
export const remedyOf = ({ packages }: { packages: readonly string[] }): string =>
  `${packages.length > 0 ? `apt-get install ${packages.join(' ')}, then ` : ''}sh scripts/setup-memory.sh`;
