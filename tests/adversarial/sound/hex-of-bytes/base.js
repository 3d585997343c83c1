/** The bytes of a Uint8Array in hexadecimal. */
export function toHex(bytes) {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('bytes must be a Uint8Array');
  return Array.from(bytes).map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
