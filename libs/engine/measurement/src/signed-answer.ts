import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/** Fresh for each sample; only the harness is told. */
export const newKey = (): string => randomBytes(32).toString('hex');

export type SignedAnswer = { ok: true; value: unknown } | { ok: false; reason: 'missing' | 'forged' };

/**
 * Reads `<hmac>\n<json>`. The measured code could write the file too, or put a link in its place, so links are not followed, the size
 * is bounded and only text signed with the key counts.
 */
export async function readSignedAnswer(path: string, key: string): Promise<SignedAnswer> {
  let raw: string;
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    if ((await file.stat()).size > ANSWER_BYTES_MAX) return { ok: false, reason: 'forged' };
    raw = await file.readFile('utf8');
  } catch {
    return { ok: false, reason: 'missing' };
  }
  if (raw === '') return { ok: false, reason: 'missing' };
  const cut = raw.indexOf('\n');
  const text = raw.slice(cut + 1);
  const claimed = Buffer.from(raw.slice(0, Math.max(0, cut)), 'hex');
  const right = createHmac('sha256', key).update(text).digest();
  if (claimed.length !== right.length || !timingSafeEqual(claimed, right)) return { ok: false, reason: 'forged' };
  return { ok: true, value: JSON.parse(text) };
}
