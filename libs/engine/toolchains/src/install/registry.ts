import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mount, REPO_TARGET } from '@codeoptima/sandbox';
import { parse, stringify } from 'yaml';
import type { PackageManager } from '../detect/package-manager.ts';
import { hostSettings } from '../env.ts';

export interface RegistryAccess {
  env: Record<string, string>;
  mounts: Mount[];
  dispose: () => Promise<void>;
}

const NPMRC_TARGET = '/opt/codeoptima/npmrc';
const CA_TARGET = '/opt/codeoptima/ca.pem';
const CACHE_TARGET = '/opt/codeoptima/cache';

/** Only pnpm knows these; npm would warn. */
const PNPM = {
  npm_config_store_dir: `${CACHE_TARGET}/pnpm`,
  npm_config_package_import_method: 'copy',
  npm_config_manage_package_manager_versions: 'false',
};

/** Value of a setting in the text of an .npmrc. */
const npmSetting = (text: string, name: string): string | null =>
  new RegExp(`^\\s*${name}\\s*=\\s*"?([^"\\n]*?)"?\\s*$`, 'm').exec(text)?.[1] ?? null;

/** Yarn's settings file without what would run code of the repository while the network is on. */
async function tameYarnSettings(dir: string, folder: string): Promise<Mount[]> {
  const path = join(dir, '.yarnrc.yml');
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return [];
  const settings: unknown = parse(text);
  if (settings === null || typeof settings !== 'object') return [];
  const tame = Object.fromEntries(Object.entries(settings).filter(([name]) => name !== 'plugins' && name !== 'yarnPath'));
  const file = join(folder, 'yarnrc.yml');
  await writeFile(file, stringify(tame));
  return [{ source: file, target: `${REPO_TARGET}/.yarnrc.yml`, mode: 'ro' }];
}

/**
 * What a package manager needs to reach the user's registry: registry and credentials from their .npmrc, certificate authorities,
 * proxies, and a cache of our own. Nothing else of the home folder is shown.
 */
export async function registryAccess(dir: string, manager: PackageManager['name'], cache_dir: string): Promise<RegistryAccess> {
  const host = hostSettings();
  const folder = await mkdtemp(join(tmpdir(), 'codeoptima-registry-'));
  const npmrc = await readFile(host.npmrc, 'utf8').catch(() => '');
  const copy = join(folder, 'npmrc');
  await writeFile(copy, npmrc, { mode: 0o600 });
  const mounts: Mount[] = [
    { source: cache_dir, target: CACHE_TARGET, mode: 'rw' },
    { source: copy, target: NPMRC_TARGET, mode: 'ro' },
    ...(await tameYarnSettings(dir, folder)),
  ];
  const certificates = [npmSetting(npmrc, 'cafile'), host.extra_ca_certificates].find((path) => path !== null && existsSync(path)) ?? null;
  if (certificates !== null) mounts.push({ source: certificates, target: CA_TARGET, mode: 'ro' });
  const registry = npmSetting(npmrc, 'registry');
  const env: Record<string, string> = {
    ...host.proxies,
    npm_config_userconfig: NPMRC_TARGET,
    npm_config_cache: `${CACHE_TARGET}/npm`,
    npm_config_update_notifier: 'false',
    ...(manager === 'pnpm' ? PNPM : {}),
    COREPACK_ENABLE_STRICT: '0',
    YARN_CACHE_FOLDER: `${CACHE_TARGET}/yarn`,
    YARN_IGNORE_PATH: '1',
    YARN_ENABLE_SCRIPTS: 'false',
    YARN_ENABLE_TELEMETRY: '0',
    YARN_ENABLE_GLOBAL_CACHE: 'true',
    YARN_GLOBAL_FOLDER: `${CACHE_TARGET}/yarn-global`,
    YARN_NODE_LINKER: 'node-modules',
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    CI: 'true',
    ...(registry === null ? {} : { YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ''), YARN_REGISTRY: registry }),
    ...(certificates === null ? {} : { NODE_EXTRA_CA_CERTS: CA_TARGET, npm_config_cafile: CA_TARGET, YARN_HTTPS_CA_FILE_PATH: CA_TARGET }),
  };
  return { env, mounts, dispose: async () => await rm(folder, { recursive: true, force: true }) };
}
