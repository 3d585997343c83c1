import { CodeOptimaError } from '@codeoptima/contracts';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { KeyCheck } from '../api-key.ts';
import type { Wire } from '../wire.ts';
import * as aliases from './aliases.ts';
import { RestCall } from './call.ts';
import * as collections from './collections.ts';
import { parseJson, printJson } from './json.ts';
import * as ordered from './ordered.ts';
import * as reads from './reads.ts';
import { Refusal, refusalOf } from './refusal.ts';
import * as snapshots from './snapshots.ts';
import * as writes from './writes.ts';
import { Qdrant } from '../../gen/snapshots_pb.ts';

/** Qdrant's own limit. */
const BODY_BYTES_MAX = 32 * 1024 * 1024;
/** What is read and dropped of a body that is too large, so that its sender comes to read why; beyond it the connection is cut. */
const DROPPED_BYTES_MAX = 8 * BODY_BYTES_MAX;
const DROPPING_MS_MAX = 10_000;

export interface RestOptions {
  /** `host:port`; port 0 takes a free one. */
  listen: string;
  wire: Wire;
  check: KeyCheck;
  version: string;
  metrics: { text: () => Promise<string>; content_type: string };
  monotonic_ms: () => number;
  /** Told of each answer: route, HTTP status, seconds. */
  onAnswer: (route: string, status: number, seconds: number) => void;
}

type Handler = (call: RestCall) => unknown;
type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

const COLLECTION = '/collections/:collection';

const ROUTES: [Method, string, Handler][] = [
  ['GET', '/collections', collections.listCollections],
  ['PUT', COLLECTION, collections.createCollection],
  ['GET', COLLECTION, collections.getCollection],
  ['PATCH', COLLECTION, collections.updateCollection],
  ['DELETE', COLLECTION, collections.deleteCollection],
  ['GET', `${COLLECTION}/exists`, collections.collectionExists],
  ['POST', '/collections/aliases', aliases.updateAliases],
  ['GET', '/aliases', aliases.listAliases],
  ['GET', `${COLLECTION}/aliases`, aliases.listCollectionAliases],
  ['PUT', `${COLLECTION}/index`, collections.createIndex],
  ['DELETE', `${COLLECTION}/index/:field`, collections.deleteIndex],
  ['PUT', `${COLLECTION}/points`, writes.upsertPoints],
  ['POST', `${COLLECTION}/points`, reads.retrieve],
  ['GET', `${COLLECTION}/points/:id`, reads.getPoint],
  ['POST', `${COLLECTION}/points/delete`, writes.deletePoints],
  ['PUT', `${COLLECTION}/points/vectors`, writes.updateVectors],
  ['POST', `${COLLECTION}/points/vectors/delete`, writes.deleteVectors],
  ['POST', `${COLLECTION}/points/payload`, writes.setPayload],
  ['PUT', `${COLLECTION}/points/payload`, writes.overwritePayload],
  ['POST', `${COLLECTION}/points/payload/delete`, writes.deletePayload],
  ['POST', `${COLLECTION}/points/payload/clear`, writes.clearPayload],
  ['POST', `${COLLECTION}/points/batch`, writes.updateBatch],
  ['POST', `${COLLECTION}/points/search`, reads.search],
  ['POST', `${COLLECTION}/points/search/batch`, reads.searchBatch],
  ['POST', `${COLLECTION}/points/query`, reads.query],
  ['POST', `${COLLECTION}/points/query/batch`, reads.queryBatch],
  ['POST', `${COLLECTION}/points/scroll`, reads.scroll],
  ['POST', `${COLLECTION}/points/count`, reads.countPoints],
  ['POST', `${COLLECTION}/facet`, ordered.facet],
  ['GET', `${COLLECTION}/snapshots`, snapshots.listSnapshots],
  ['POST', `${COLLECTION}/snapshots`, snapshots.createSnapshot],
  ['DELETE', `${COLLECTION}/snapshots/:snapshot`, snapshots.deleteSnapshot],
  ['PUT', `${COLLECTION}/snapshots/recover`, snapshots.recoverSnapshot],
];

/** Operations of Qdrant that are known and not served, by the end of their path. */
const UNSERVED = [
  'points/query/groups',
  'points/search/groups',
  'points/search/matrix/pairs',
  'points/search/matrix/offsets',
  'points/recommend',
  'points/recommend/batch',
  'points/recommend/groups',
  'points/discover',
  'points/discover/batch',
  'cluster',
  'shards',
  'snapshots/upload',
  'snapshots',
  'locks',
  'issues',
];

/** 40 digits, as clients expect of a commit; this is no build of Qdrant. */
const COMMIT = '0'.repeat(40);

const send = (reply: FastifyReply, status: number, body: object): FastifyReply =>
  reply.code(status).header('content-type', 'application/json').send(printJson(body));

const refuse = (reply: FastifyReply, refusal: Refusal, seconds: number): FastifyReply => {
  if (refusal.retry_after !== null) void reply.header('retry-after', refusal.retry_after);
  return send(reply, refusal.status, { status: { error: refusal.message }, time: seconds });
};

const KNOWN_ERRORS: Record<string, () => Refusal> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    new Refusal(413, `Payload error: JSON payload is larger than allowed (limit: ${BODY_BYTES_MAX} bytes).`),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new Refusal(415, 'Content type error: application/json is expected'),
};

const asRefusal = (error: unknown): Refusal => {
  const known = KNOWN_ERRORS[(error as { code?: string }).code ?? ''];
  if (known) return known();
  const { statusCode } = error as { statusCode?: number };
  if (statusCode !== undefined && statusCode < 500) return new Refusal(statusCode, (error as Error).message);
  return refusalOf(error);
};

/** Most clients read no answer before they have sent their body. */
const dropBody = async ({ raw }: FastifyRequest): Promise<void> => {
  let bytes = 0;
  await new Promise<void>((resolve) => {
    const enough = setTimeout(resolve, DROPPING_MS_MAX);
    const done = (): void => {
      clearTimeout(enough);
      resolve();
    };
    raw.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > DROPPED_BYTES_MAX) done();
    });
    raw.once('end', done).once('close', done);
    if (raw.readableEnded || raw.destroyed) done();
  });
};

const keyOf = (request: FastifyRequest): string | null => {
  const { 'api-key': key, authorization } = request.headers;
  if (typeof key === 'string') return key;
  return /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? null;
};

const OPEN = new Set(['/', '/healthz', '/livez', '/readyz']);

const serveProbes = (server: FastifyInstance, options: RestOptions): void => {
  const title = 'qdrant - vector search engine';
  server.get('/', (_request, reply) => send(reply, 200, { title, version: options.version, commit: COMMIT }));
  for (const path of ['/healthz', '/livez']) server.get(path, (_request, reply) => reply.type('text/plain').send('healthz check passed'));
  server.get('/readyz', async (_request, reply) => {
    const ready = await options.wire.probe(`/${Qdrant.typeName}/${Qdrant.method.healthCheck.name}`);
    return reply
      .code(ready ? 200 : 503)
      .type('text/plain')
      .send(ready ? 'all shards are ready' : `the vector store at ${options.wire.address} does not answer`);
  });
  server.get('/telemetry', (_request, reply) =>
    send(reply, 200, { result: { id: COMMIT, app: { name: 'qdrant', version: options.version } }, status: 'ok', time: 0 }),
  );
  server.get('/metrics', async (_request, reply) => reply.type(options.metrics.content_type).send(await options.metrics.text()));
};

const serveOperations = (server: FastifyInstance, options: RestOptions, begun: WeakMap<FastifyRequest, number>): void => {
  const seconds = (request: FastifyRequest): number => (options.monotonic_ms() - (begun.get(request) ?? 0)) / 1_000;
  server.setErrorHandler(async (error, request, reply) => {
    const refusal = asRefusal(error);
    if (refusal.status === 413) await dropBody(request);
    return refuse(reply, refusal, seconds(request));
  });
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const refusal = UNSERVED.some((end) => path.endsWith(`/${end}`))
      ? new Refusal(400, `Wrong input: Not supported by this server: ${request.method} ${path}`)
      : new Refusal(404, `Not found: there is no ${request.method} ${path}`);
    return refuse(reply, refusal, seconds(request));
  });
  for (const [method, url, handler] of ROUTES)
    server.route({
      method,
      url,
      handler: async (request, reply) => {
        const call = new RestCall(request, options.wire);
        const result = await handler(call);
        const explain = call.plans ? { explain: call.plans } : {};
        return send(reply, 200, { result: result ?? null, status: 'ok', time: seconds(request), ...explain });
      },
    });
  server.get(`${COLLECTION}/snapshots/:snapshot`, async (request, reply) => {
    const call = new RestCall(request, options.wire);
    const name = call.parameter('snapshot').replace(/[^\w.-]/g, '_');
    const archive = await snapshots.downloadSnapshot(call);
    return reply.type('application/octet-stream').header('content-disposition', `attachment; filename="${name}"`).send(archive);
  });
};

/**
 * Qdrant's REST for any client, over the same gRPC as everything else.
 * @throws CodeOptimaError `conflict` when the address is taken.
 */
export const serveRest = async (options: RestOptions): Promise<{ address: string; stop: () => Promise<void> }> => {
  const server = fastify({
    bodyLimit: BODY_BYTES_MAX,
    logger: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512 },
    // What is no request at all, such as a broken escape in the path, has the same envelope.
    frameworkErrors: (error, _request, reply) => void refuse(reply, asRefusal(error), 0),
  });
  const begun = new WeakMap<FastifyRequest, number>();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : parseJson(body as string));
    } catch (error) {
      done(error as Error);
    }
  });
  server.addHook('onRequest', (request, _reply, done) => {
    begun.set(request, options.monotonic_ms());
    const open = OPEN.has(request.url.split('?')[0] ?? '');
    done(open || options.check(keyOf(request)) ? undefined : new Refusal(401, 'Must provide an API key or an Authorization bearer token'));
  });
  server.addHook('onResponse', (request, reply, done) => {
    options.onAnswer(request.routeOptions.url ?? 'unknown', reply.statusCode, reply.elapsedTime / 1_000);
    done();
  });
  serveProbes(server, options);
  serveOperations(server, options, begun);
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(options.listen) ?? [];
  try {
    await server.listen({ host: host.replace(/^\[|\]$/g, ''), port: Number(port) });
  } catch (error) {
    throw new CodeOptimaError('conflict', `cannot listen on ${options.listen}: ${(error as Error).message}`, { cause: error });
  }
  const [address] = server.addresses();
  const bound = typeof address === 'object' ? address.port : Number(port);
  return { address: `${host}:${bound}`, stop: () => server.close() };
};
