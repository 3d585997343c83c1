const SPACE = new Uint8Array(65536);
/** Bytes of a frame: length, then payload. */
export function frame(payload) {
  SPACE[0] = payload.length;
  SPACE.set(payload, 1);
  return SPACE.subarray(0, payload.length + 1);
}
