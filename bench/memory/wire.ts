/** Starts the real server on a Unix socket, loads the data through gRPC and measures it there. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programs } from './setup.ts';

const WIRE_SECONDS = 6;

export async function measureWire(data: string): Promise<{ lines: string; failure: string | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-wire-'));
  const target = `unix:${join(folder, 'socket')}`;
  const server = spawn(join(programs, 'vector-sidecar'), ['--data-dir', join(folder, 'data'), '--listen', target, '--canary-every', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    await once(server.stderr, 'data');
    const done = spawnSync(
      join(programs, 'wire_bench'),
      ['--data', data, '--target', target, '--collection', 'bench', '--seconds', String(WIRE_SECONDS)],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      },
    );
    return { lines: done.stdout, failure: done.status === 0 ? undefined : done.stderr.trim().slice(0, 300) };
  } finally {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}
