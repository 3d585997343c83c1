import { request } from 'node:http';
import { join } from 'node:path';
import { socketDirectory } from '@codeoptima/embedded';

export const socketOf = (data_dir: string, name: string): string => join(socketDirectory(data_dir), name);

/** Sum of a metric of a service of a running fleet over all its labels. */
export async function metricOf(data_dir: string, service: string, name: string): Promise<number> {
  const text = await new Promise<string>((fulfil, fail) => {
    const asked = request({ socketPath: socketOf(data_dir, `${service}.http.sock`), path: '/metrics' }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => fulfil(body));
    });
    asked.on('error', fail);
    asked.end();
  });
  const values = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
