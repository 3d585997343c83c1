import { CodeOptimaError } from '@codeoptima/contracts';

/** SQLSTATE classes after which the same statement may work later: connection, resources, shutdown, lost serialisation. */
const RETRYABLE = /^(08|53|57P|40001|40P01|55P03)/;
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT']);

/** What Postgres or its client threw, as an error of ours. */
export function storeError(thrown: unknown): CodeOptimaError {
  if (thrown instanceof CodeOptimaError) return thrown;
  const code = codeOf(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (code === '53100')
    return new CodeOptimaError('disk_full', `the database's disk is full: ${message}`, { retryable: true, cause: thrown });
  if (
    RETRYABLE.test(code) ||
    NETWORK.has(code) ||
    /terminated|not queryable|Query read timeout|timeout exceeded when trying to connect|Connection ended/.test(message)
  ) {
    return new CodeOptimaError('unavailable', `the database cannot be reached: ${message}`, { cause: thrown });
  }
  return new CodeOptimaError('internal', `the database refused a statement: ${message}`, { cause: thrown });
}

function codeOf(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : '';
}

/** Runs a query and maps what it throws. */
export async function guarded<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    throw storeError(error);
  }
}
