/** Bytes of a frame: length, then payload. */
export function frame(payload) {
  const out = new Uint8Array(payload.length + 1);
  out[0] = payload.length;
  for (let i = 0; i < payload.length; i++) out[i + 1] = payload[i];
  return out;
}
