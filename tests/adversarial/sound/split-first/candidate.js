/** Scheme and host of an address. */
export function hostOf(address) {
  const path = address.split('://', 2)[1] ?? address;
  const end = path.indexOf('/');
  return end === -1 ? path : path.slice(0, end);
}
