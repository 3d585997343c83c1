/** Scheme and host of an address. */
export function hostOf(address) {
  const path = address.split('://')[1] ?? address;
  return path.split('/')[0];
}
