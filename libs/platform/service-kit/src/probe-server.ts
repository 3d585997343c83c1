import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { dirname } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';

export interface ProbeServer {
  /** Where it listens, with the real port. */
  address: string;
  close: () => Promise<void>;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d+$/;

const answer = async (request: IncomingMessage, response: ServerResponse, metrics: Metrics, health: Health): Promise<void> => {
  const send = (status: number, type: string, body: string): void => void response.writeHead(status, { 'content-type': type }).end(body);
  switch (request.url) {
    case '/metrics':
      return send(200, metrics.content_type, await metrics.text());
    case '/healthz':
      // Answering at all is the proof: the event loop turns.
      return send(200, 'application/json', '{"status":"ok"}');
    case '/readyz': {
      const failing = health.failing();
      return send(failing.length === 0 ? 200 : 503, 'application/json', JSON.stringify({ ready: failing.length === 0, failing }));
    }
    default:
      return send(404, 'text/plain', 'try /metrics, /healthz or /readyz\n');
  }
};

const listen = (server: Server, address: string): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new CodeOptimaError('conflict', `cannot listen on ${address}: ${cause.message}`, { cause })));
    if (address.startsWith('unix:')) {
      const path = address.slice('unix:'.length);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      // The supervisor runs one process of a service at a time: what lies there is left over from a killed one.
      rmSync(path, { force: true });
      server.listen(path, () => {
        chmodSync(path, 0o600);
        resolve(address);
      });
      return;
    }
    const port = address.slice(address.lastIndexOf(':') + 1);
    const host = address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
    server.listen(Number(port), host, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound ? address.replace(/:\d+$/, `:${bound.port}`) : address);
    });
  });

/**
 * Serves /metrics (Prometheus text), /healthz and /readyz on a Unix socket or on loopback; `allow_remote` also elsewhere, for clusters
 * in which a network policy guards the port.
 */
export const serveProbes = async (
  address: string,
  metrics: Metrics,
  health: Health,
  options: { allow_remote?: boolean } = {},
): Promise<ProbeServer> => {
  if (!options.allow_remote && !address.startsWith('unix:') && !LOOPBACK.test(address))
    throw new CodeOptimaError('bad_input', `${address} is neither a Unix socket nor a loopback address with a port.`);
  const server = createServer((request, response) => {
    answer(request, response, metrics, health).catch(() => response.destroy());
  });
  server.unref();
  const bound = await listen(server, address);
  return {
    address: bound,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
