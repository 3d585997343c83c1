import { connect } from 'node:net';

export interface NatsFacts {
  version: string;
  server_id: string;
}

/** A server's INFO and its answer take a few KB. */
const ANSWER_CHARS_MAX = 64 * 1024;

const factsOf = (json: string): NatsFacts | null => {
  try {
    const { version, server_id } = JSON.parse(json) as Partial<NatsFacts>;
    return typeof version === 'string' && typeof server_id === 'string' ? { version, server_id } : null;
  } catch {
    return null;
  }
};

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
      clearTimeout(timer);
      socket.destroy();
      resolve(value);
    };
    // Of the whole probe: what sits on the port may be a stranger that never stops talking.
    const timer = setTimeout(() => finish(null), timeout_ms);
    socket.once('error', () => finish(null));
    socket.once('close', () => finish(null));
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      if (text.length > ANSWER_CHARS_MAX) return finish(null);
      const info = /^INFO (\{.*\}) *\r\n/.exec(text);
      if (facts === null && info?.[1] !== undefined) {
        facts = factsOf(info[1]);
        if (facts === null) return finish(null);
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
