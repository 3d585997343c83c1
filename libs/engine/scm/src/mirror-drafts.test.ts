import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sweepDrafts } from '@codeoptima/embedded/drafts';

const data_dir = mkdtempSync(join(tmpdir(), 'mirror-drafts-'));
const mirrors = join(data_dir, 'mirrors');
const sockets = new Set<Socket>();
/** Takes every call and never answers. */
const server = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
  rmSync(data_dir, { recursive: true, force: true, maxRetries: 10 });
});

test('a clone whose process was killed is swept, and not before', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/library.git`;
  const source = `
    import { mirror } from ${JSON.stringify(import.meta.resolve('./checkout.ts'))};
    await mirror(${JSON.stringify(url)}, ${JSON.stringify(mirrors)});`;
  const cloning = spawn(process.execPath, ['--input-type=module', '-e', source], { detached: true, stdio: 'inherit' });
  while (sockets.size === 0) await sleep(20);
  assert.match(readdirSync(mirrors).join(), /^library-[0-9a-f]{12}\.git\.part-/);
  assert.equal(sweepDrafts(data_dir), 0, 'it still clones');
  process.kill(-(cloning.pid ?? 0), 'SIGKILL');
  await once(cloning, 'close');
  sweepDrafts(data_dir);
  assert.deepEqual(readdirSync(mirrors), []);
});
