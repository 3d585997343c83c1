import { execFile } from 'node:child_process';
import { CodeOptimaError } from '@codeoptima/contracts';
import { childEnv } from '../env.ts';

/** Settings that keep a foreign repository's own configuration from running programs while it is only read. */
const INERT = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.pager=cat', 'protocol.ext.allow=never', 'safe.directory=*'];

export interface GitAnswer {
  ok: boolean;
  stdout: string;
  stderr: string;
}

/** Runs git for reading. A refusal by git is an answer, not an error. */
export function readGit(args: readonly string[], cwd: string, timeout_ms = 60_000): Promise<GitAnswer> {
  const all = [...INERT.flatMap((setting) => ['-c', setting]), ...args];
  const env = { ...childEnv(), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  return new Promise((resolve, reject) => {
    execFile('git', all, { cwd, env, timeout: timeout_ms, maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error && 'code' in error && error.code === 'ENOENT') {
        reject(new CodeOptimaError('internal', 'git is not installed: install it (apt-get install git).'));
        return;
      }
      resolve({ ok: error === null, stdout, stderr: stderr.trim() });
    });
  });
}
