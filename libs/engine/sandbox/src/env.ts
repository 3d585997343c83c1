/** PATH in which the sandbox's own programs (bwrap, prlimit, taskset) are looked up; the command inside never sees it. */
export const searchPath = (): string => process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
