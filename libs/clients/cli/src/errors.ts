import { CodeOptimaError, EXIT_BAD_INPUT, EXIT_CODES, type ErrorCode } from '@codeoptima/contracts';

const BAD_INPUT: readonly ErrorCode[] = ['bad_input', 'not_found', 'conflict'];

/** Exit code of a command that ended with an error: 2 when the input was wrong, 13 when a person ended it, 1 when we failed. */
export const exitCodeOf = (error: CodeOptimaError): number => {
  if (BAD_INPUT.includes(error.code)) return EXIT_BAD_INPUT;
  return error.code === 'cancelled' ? EXIT_CODES.cancelled : 1;
};

export const badInput = (message: string, ids: Record<string, string> = {}): CodeOptimaError =>
  new CodeOptimaError('bad_input', message, { ids });

/** What `--json` prints for an error. */
export const errorObject = (error: CodeOptimaError): object => ({ error: { code: error.code, message: error.message, ids: error.ids } });
