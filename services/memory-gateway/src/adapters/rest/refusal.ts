import { status } from '@grpc/grpc-js';

/** An answer that is not a result: HTTP status and Qdrant's sentence. */
export class Refusal extends Error {
  readonly status: number;
  readonly retry_after: string | null;

  constructor(http: number, sentence: string, retry_after: string | null = null) {
    super(sentence);
    this.status = http;
    this.retry_after = retry_after;
  }
}

/** A body that does not have the form the operation wants: HTTP 400. */
export const malformed = (sentence: string): never => {
  throw new Refusal(400, `Format error in JSON body: ${sentence}`);
};

/** A body of the right form with a value that is not allowed: HTTP 422. */
export const invalid = (field: string, value: unknown, must: string, where = 'JSON body'): never => {
  throw new Refusal(422, `Validation error in ${where}: [${field}: value ${String(value)} invalid, must be ${must}]`);
};

/** Something of Qdrant's interface that is not served here: HTTP 400. */
export const unserved = (what: string): never => {
  throw new Refusal(400, `Wrong input: Not supported by this server: ${what}`);
};

const HTTP_OF: Partial<Record<number, number>> = {
  [status.INVALID_ARGUMENT]: 400,
  [status.OUT_OF_RANGE]: 400,
  [status.UNIMPLEMENTED]: 400,
  [status.UNAUTHENTICATED]: 401,
  [status.PERMISSION_DENIED]: 403,
  [status.NOT_FOUND]: 404,
  [status.DEADLINE_EXCEEDED]: 408,
  [status.ALREADY_EXISTS]: 409,
  [status.RESOURCE_EXHAUSTED]: 429,
  [status.UNAVAILABLE]: 503,
};

const WITH_PREFIX = new Set([400, 409]);

interface Failure {
  code?: status;
  details?: string;
  metadata?: { get: (key: string) => (string | Buffer)[] };
}

const sentenceOf = (http: number, details: string): string => {
  if (WITH_PREFIX.has(http) && !/^(Wrong input|Bad request)/.test(details)) return `Wrong input: ${details}`;
  return http >= 500 && !/^Service/.test(details) ? `Service internal error: ${details}` : details;
};

/** What the backend answered, as Qdrant's REST says it. */
export const refusalOf = (error: unknown): Refusal => {
  if (error instanceof Refusal) return error;
  const { code, details, metadata } = error as Failure;
  if (code === undefined || details === undefined) return new Refusal(500, 'Service internal error: the log of the gateway tells more');
  // To ask again would bring the same.
  if (/message larger than max/.test(details)) return new Refusal(413, `Payload error: ${details}; ask for less at a time`);
  // Memory limits of a collection are a full store; a full queue passes.
  const full = code === status.RESOURCE_EXHAUSTED && /memory|disk|limit/i.test(details) && !/too many requests/.test(details);
  const http = full ? 507 : (HTTP_OF[code] ?? 500);
  const retry = http === 429 ? (metadata?.get('retry-after')[0] ?? '1').toString() : null;
  return new Refusal(http, sentenceOf(http, details), retry);
};
