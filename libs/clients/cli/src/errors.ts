import { CodeOptimaError, EXIT_BAD_INPUT, type ErrorCode } from '@codeoptima/contracts';

const BAD_INPUT: readonly ErrorCode[] = ['bad_input', 'not_found', 'conflict'];

/** Exit code of a command that ended with an error: 2 when the input was wrong, 1 when we failed. */
export const exitCodeOf = (error: CodeOptimaError): number => (BAD_INPUT.includes(error.code) ? EXIT_BAD_INPUT : 1);

export const badInput = (message: string, ids: Record<string, string> = {}): CodeOptimaError =>
  new CodeOptimaError('bad_input', message, { ids });

/** What `--json` prints for an error. */
export const errorObject = (error: CodeOptimaError): object => ({ error: { code: error.code, message: error.message, ids: error.ids } });
