import { spawn } from 'node:child_process';
import { CodeOptimaError } from '@codeoptima/contracts';

export interface GitResult {
  exit_code: number;
  stdout: string;
  stderr: string;
}

export interface GitOptions {
  /** Folder to run in. */
  cwd: string;
  stdin?: string;
  signal?: AbortSignal | undefined;
  /** Allows reaching a remote (clone and fetch of a URL). */
  network?: boolean;
  env?: Readonly<Record<string, string>>;
}

const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

/** Settings that a repository or a user could use to run something or to ask something; all of them off. */
const SAFE_SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.pager=cat',
  'core.attributesFile=/dev/null',
  'core.quotePath=false',
  'credential.helper=',
  'protocol.allow=user',
  'protocol.ext.allow=never',
  'safe.directory=*',
  'advice.detachedHead=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'commit.gpgSign=false',
  'diff.external=',
  'init.defaultBranch=main',
];

function environment(options: GitOptions): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C.UTF-8',
    HOME: '/nonexistent',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    SSH_ASKPASS: '/bin/false',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_ALLOW_PROTOCOL: options.network ? 'https:ssh:git:http:file' : 'file',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    ...options.env,
  };
}

/** Runs git with hooks, user configuration, prompts and foreign protocols off. Never throws for an exit code. */
export function tryGit(args: readonly string[], options: GitOptions): Promise<GitResult> {
  const full = [...SAFE_SETTINGS.flatMap((setting) => ['-c', setting]), ...args];
  return new Promise((resolve, reject) => {
    const child = spawn('git', full, {
      cwd: options.cwd,
      env: environment(options),
      stdio: ['pipe', 'pipe', 'pipe'],
      signal: options.signal,
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > OUTPUT_BYTES_MAX) child.kill('SIGKILL');
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (err.length < 1000) err.push(chunk);
    });
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new CodeOptimaError('unavailable', 'git is not installed (or its working folder is gone).', { retryable: false, cause: error })
          : error,
      ),
    );
    child.on('close', (code) =>
      resolve({ exit_code: code ?? 128, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') }),
    );
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
  });
}

/** Like `tryGit`, but an exit code other than 0 throws `internal` (or `disk_full`) with git's own words. */
export async function git(args: readonly string[], options: GitOptions): Promise<string> {
  const result = await tryGit(args, options);
  if (result.exit_code === 0) return result.stdout;
  const words = result.stderr.trim().split('\n').slice(-3).join(' ');
  const full = /No space left on device|Disk quota exceeded/.test(result.stderr);
  throw new CodeOptimaError(
    full ? 'disk_full' : 'internal',
    `git ${args[0] ?? ''} failed in ${options.cwd}: ${words || `exit code ${result.exit_code}`}`,
    { ids: { path: options.cwd } },
  );
}

/**
 * Environment in which the content filters (`filter.<driver>.clean` and its kin) that a repository's own settings name do nothing.
 * They are commands, and `git status` runs them on files whose times changed. They can only be switched off by name.
 */
export async function withoutFilters(cwd: string): Promise<Record<string, string>> {
  const asked = ['config', '--name-only', '-z', '--get-regexp', '^filter\\..*\\.(clean|smudge|process|required)$'];
  const names = [...new Set((await tryGit(asked, { cwd })).stdout.split('\0').filter(Boolean))];
  const out: Record<string, string> = { GIT_CONFIG_COUNT: String(names.length) };
  for (const [index, name] of names.entries()) {
    out[`GIT_CONFIG_KEY_${index}`] = name;
    out[`GIT_CONFIG_VALUE_${index}`] = name.endsWith('.required') ? 'false' : '';
  }
  return out;
}
