/** Whether a line of a log names an address. */
export function hasAddress(line) {
  const address = new RegExp('\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}', 'g');
  return address.test(line);
}
export const countAddresses = (lines) => lines.filter(hasAddress).length;
