import { homedir } from 'node:os';
import { join } from 'node:path';

/** Settings of the user that a package manager needs to reach a registry; the home folder itself is not shown to it. */
export interface HostSettings {
  search_path: string;
  npmrc: string;
  extra_ca_certificates: string | null;
  proxies: Record<string, string>;
}

const PROXY_NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

export function hostSettings(): HostSettings {
  const proxies = PROXY_NAMES.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined || value === '' ? [] : [[name, value]];
  });
  return {
    search_path: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    npmrc: process.env['npm_config_userconfig'] ?? process.env['NPM_CONFIG_USERCONFIG'] ?? join(homedir(), '.npmrc'),
    extra_ca_certificates: process.env['NODE_EXTRA_CA_CERTS'] ?? null,
    proxies: Object.fromEntries(proxies),
  };
}
