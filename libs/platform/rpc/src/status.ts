import { CodeOptimaError, type ErrorCode } from '@codeoptima/contracts';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';

/** gRPC status of each of our codes (https://grpc.io/docs/guides/status-codes). The exact code travels beside it in the trailers. */
const STATUS_OF: Record<ErrorCode, status> = {
  bad_input: status.INVALID_ARGUMENT,
  not_found: status.NOT_FOUND,
  conflict: status.ABORTED,
  stale_epoch: status.FAILED_PRECONDITION,
  unauthenticated: status.UNAUTHENTICATED,
  unavailable: status.UNAVAILABLE,
  deadline_exceeded: status.DEADLINE_EXCEEDED,
  cancelled: status.CANCELLED,
  install_failed: status.FAILED_PRECONDITION,
  build_failed: status.FAILED_PRECONDITION,
  baseline_failed: status.FAILED_PRECONDITION,
  sandbox_missing: status.FAILED_PRECONDITION,
  budget_exhausted: status.RESOURCE_EXHAUSTED,
  disk_full: status.RESOURCE_EXHAUSTED,
  internal: status.INTERNAL,
};

/** What a status means that came without our trailers: from the transport or from a foreign server. */
const CODE_OF: Partial<Record<status, ErrorCode>> = {
  [status.INVALID_ARGUMENT]: 'bad_input',
  [status.OUT_OF_RANGE]: 'bad_input',
  [status.NOT_FOUND]: 'not_found',
  [status.ALREADY_EXISTS]: 'conflict',
  [status.ABORTED]: 'conflict',
  [status.UNAUTHENTICATED]: 'unauthenticated',
  [status.PERMISSION_DENIED]: 'unauthenticated',
  [status.UNAVAILABLE]: 'unavailable',
  [status.DEADLINE_EXCEEDED]: 'deadline_exceeded',
  [status.CANCELLED]: 'cancelled',
  // A message over the size cap is refused with this status.
  [status.RESOURCE_EXHAUSTED]: 'bad_input',
};

const KEY_CODE = 'codeoptima-code';
const KEY_RETRYABLE = 'codeoptima-retryable';
/** A name in `-bin` may carry any bytes, and ids may hold paths that are not ASCII. */
const KEY_IDS = 'codeoptima-ids-bin';

export interface StatusReply {
  code: status;
  details: string;
  metadata: Metadata;
}

/** What goes over the wire for anything thrown; the text of an unforeseen error stays in the server's log. */
export const toStatus = (thrown: unknown): StatusReply => {
  const known = thrown instanceof CodeOptimaError;
  const error = known ? thrown : new CodeOptimaError('internal', 'internal error; the log of the service tells more');
  const metadata = new Metadata();
  metadata.set(KEY_CODE, error.code);
  metadata.set(KEY_RETRYABLE, String(error.retryable));
  metadata.set(KEY_IDS, Buffer.from(JSON.stringify(error.ids)));
  return { code: STATUS_OF[error.code], details: error.message, metadata };
};

const idsOf = (metadata: Metadata | undefined): Record<string, string> => {
  const value = metadata?.get(KEY_IDS)[0];
  if (!Buffer.isBuffer(value)) return {};
  try {
    return JSON.parse(value.toString('utf8')) as Record<string, string>;
  } catch {
    return {};
  }
};

const isCode = (value: unknown): value is ErrorCode => typeof value === 'string' && Object.hasOwn(STATUS_OF, value);

/** The error that the server threw, as the client sees it. */
export const fromStatus = (error: ServiceError): CodeOptimaError => {
  const code = error.metadata?.get(KEY_CODE)[0];
  if (!isCode(code)) return new CodeOptimaError(CODE_OF[error.code] ?? 'internal', error.details || error.message, { cause: error });
  const retryable = error.metadata.get(KEY_RETRYABLE)[0] === 'true';
  return new CodeOptimaError(code, error.details, { retryable, ids: idsOf(error.metadata) });
};
