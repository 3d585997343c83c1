import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { probeNats } from './nats-probe.ts';

const listen = async (t: TestContext, greet: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

test('a stranger on the port is no nats-server, whatever it says', async (t) => {
  const malformed = await listen(t, (socket) => socket.write('INFO {not json}\r\n'));
  assert.equal(await probeNats(malformed, 'token'), null);
  const other = await listen(t, (socket) => socket.write('INFO {"version":2}\r\n'));
  assert.equal(await probeNats(other, 'token'), null);
  const loud = await listen(t, (socket) => void socket.write('x'.repeat(200_000)));
  assert.equal(await probeNats(loud, 'token', 60_000), null);
  const drip = await listen(t, (socket) => {
    const timer = setInterval(() => socket.write('.'), 20);
    socket.once('close', () => clearInterval(timer));
  });
  assert.equal(await probeNats(drip, 'token', 300), null);
});
