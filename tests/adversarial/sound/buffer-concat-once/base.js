import { Buffer } from 'node:buffer';
/** All chunks as one buffer. */
export function joinChunks(chunks) {
  let all = Buffer.alloc(0);
  for (const chunk of chunks) all = Buffer.concat([all, chunk]);
  return all;
}
