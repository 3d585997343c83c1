import { Buffer } from 'node:buffer';
/** All chunks as one buffer. */
export function joinChunks(chunks) {
  const parts = [];
  for (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
