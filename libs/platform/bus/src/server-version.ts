import { CodeOptimaError } from '@codeoptima/contracts';

export type ServerVersion = readonly [major: number, minor: number];

/** JetStream as we use it was measured from here on; older servers drop fields without a word. */
const OLDEST_SERVER: ServerVersion = [2, 9];

const parse = (version: string): ServerVersion => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return [major, minor];
};

/** Whether a server of this version knows what came with another one. */
export const knows = (version: string, since: ServerVersion): boolean => {
  const [major, minor] = parse(version);
  return major > since[0] || (major === since[0] && minor >= since[1]);
};

/** What a server of this version lacks, in words. @throws CodeOptimaError `unavailable`, not retryable, when it is too old for any work. */
export const checkVersion = (version: string): string[] => {
  if (!knows(version, OLDEST_SERVER))
    throw new CodeOptimaError('unavailable', `nats-server ${version} is too old; use 2.10 or newer.`, { retryable: false });
  if (!knows(version, [2, 10]))
    return [
      `nats-server ${version} is older than 2.10: streams go without metadata, and a power cut can lose acknowledged messages (they are rebuilt from Postgres).`,
    ];
  if (!knows(version, [2, 12]))
    return [`nats-server ${version} is older than 2.12: it syncs every event by itself, some hundred a second at most.`];
  return [];
};
