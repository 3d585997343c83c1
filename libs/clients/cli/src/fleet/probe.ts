import { request } from 'node:http';

/** What a service says of its readiness: null when it does not answer, else what keeps it from being ready. */
export const askReady = (address: string, timeout_ms = 2_000): Promise<string[] | null> =>
  new Promise((resolve) => {
    const target = { socketPath: address.slice('unix:'.length), path: '/readyz', timeout: timeout_ms };
    const asked = request(target, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('error', () => resolve(null));
      response.on('end', () => {
        try {
          resolve((JSON.parse(body) as { failing: string[] }).failing);
        } catch {
          resolve(null);
        }
      });
    });
    asked.on('timeout', () => asked.destroy(new Error('timeout')));
    asked.on('error', () => resolve(null));
    asked.end();
  });
