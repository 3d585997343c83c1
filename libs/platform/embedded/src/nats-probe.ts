import { connect } from 'node:net';

export interface NatsFacts {
  version: string;
  server_id: string;
}

/**
 * Speaks the client protocol just far enough to know that the server takes our token and that JetStream answers: its monitoring port
 * would tell every user of the machine about us, so it stays off. Null when it is not ready.
 */
export const probeNats = (port: number, token: string, timeout_ms = 2_000): Promise<NatsFacts | null> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let text = '';
    let facts: NatsFacts | null = null;
    const finish = (value: NatsFacts | null): void => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(timeout_ms, () => finish(null));
    socket.once('error', () => finish(null));
    socket.once('close', () => finish(null));
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      const info = /^INFO (\{.*\}) *\r\n/.exec(text);
      if (facts === null && info?.[1] !== undefined) {
        const said = JSON.parse(info[1]) as NatsFacts & { auth_required?: boolean };
        facts = { version: said.version, server_id: said.server_id };
        const options = JSON.stringify({
          auth_token: token,
          verbose: false,
          pedantic: false,
          lang: 'codeoptima',
          version: '0',
          protocol: 1,
        });
        socket.write(`CONNECT ${options}\r\nSUB _INBOX.probe 1\r\nPUB $JS.API.INFO _INBOX.probe 0\r\n\r\n`);
      }
      if (/-ERR/.test(text)) finish(null);
      if (/\r\nMSG _INBOX\.probe 1 .*"type":"io\.nats\.jetstream\.api\.v1\.account_info_response"/s.test(text))
        finish(/"error":/.test(text) ? null : facts);
    });
  });
