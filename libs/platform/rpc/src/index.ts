export { type CallOptions, type Client, type ClientOptions, checkHealth, createClient } from './client.ts';
export type { CallContext, Implementation } from './handler.ts';
export { MESSAGE_LIMIT_BYTES } from './methods.ts';
export { type RpcServer, type ServeOptions, type ServedService, serve, service } from './server.ts';
export { fromStatus, toStatus } from './status.ts';
