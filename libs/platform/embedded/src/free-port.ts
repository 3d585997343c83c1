import { createServer } from 'node:net';

/** Whether a loopback port can be bound now. */
const canBind = (port: number): Promise<number | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : null));
    });
  });

/** The preferred loopback port when it is free, else one the system picks. Another process may take it before it is used. */
export const freePort = async (preferred?: number): Promise<number> => {
  const port = (preferred === undefined ? null : await canBind(preferred)) ?? (await canBind(0));
  if (port === null) throw new Error('no loopback port can be bound');
  return port;
};
