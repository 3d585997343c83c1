/** Stable codes of every error that crosses a boundary; mapped once to gRPC, HTTP and exit codes. */
export type ErrorCode =
  | 'bad_input'
  | 'not_found'
  | 'conflict'
  | 'stale_epoch'
  | 'unauthenticated'
  | 'unavailable'
  | 'deadline_exceeded'
  | 'cancelled'
  | 'install_failed'
  | 'build_failed'
  | 'baseline_failed'
  | 'sandbox_missing'
  | 'budget_exhausted'
  | 'disk_full'
  | 'internal';

export interface ErrorFields {
  /** Whether the same call may succeed later without a change of its input. */
  retryable?: boolean;
  /** Identifiers that help to find the place: run_id, item_id, path, key. */
  ids?: Record<string, string>;
  cause?: unknown;
}

/** The one error type of the project: a stable code, one sentence for people, and the ids it concerns. */
export class CodeOptimaError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly ids: Record<string, string>;

  constructor(code: ErrorCode, message: string, fields: ErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'CodeOptimaError';
    this.code = code;
    this.retryable = fields.retryable ?? (code === 'unavailable' || code === 'deadline_exceeded');
    this.ids = fields.ids ?? {};
  }

  /** Wraps anything thrown; an error of ours is returned as it is. */
  static from(value: unknown, code: ErrorCode = 'internal'): CodeOptimaError {
    if (value instanceof CodeOptimaError) return value;
    const message = value instanceof Error ? value.message : String(value);
    return new CodeOptimaError(code, message, { cause: value });
  }
}
