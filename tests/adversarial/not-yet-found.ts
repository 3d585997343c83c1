/**
 * Broken candidates that the rungs up to behaviour let pass within the short search of the test suite. They run as expected failures, so that
 * the suite says when one is found; none is excused: this list is to stay empty.
 */
export const NOT_YET_FOUND: Readonly<Record<string, string>> = {};
