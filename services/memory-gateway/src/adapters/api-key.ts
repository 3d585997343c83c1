import { createHash, timingSafeEqual } from 'node:crypto';
import { CodeOptimaError } from '@codeoptima/contracts';

/** Whether a client of the Qdrant ports may come in. */
export type KeyCheck = (key: string | null) => boolean;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export const keyCheck = (api_key: string | null): KeyCheck => {
  if (api_key === null) return () => true;
  const wanted = digest(api_key);
  return (key) => key !== null && timingSafeEqual(digest(key), wanted);
};

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d+$/;

/** @throws CodeOptimaError `bad_input` for an address that others can reach while no key is asked for. */
export const checkExposure = (listen: string, api_key: string | null): void => {
  if (!/:\d{1,5}$/.test(listen)) throw new CodeOptimaError('bad_input', `${listen} is no HOST:PORT.`);
  if (api_key === null && !LOOPBACK.test(listen))
    throw new CodeOptimaError('bad_input', `${listen} can be reached by others; an API key of at least 16 characters is needed there.`);
};
