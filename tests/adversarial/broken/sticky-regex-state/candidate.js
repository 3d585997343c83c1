const ADDRESS = new RegExp('\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}', 'g');
/** Whether a line of a log names an address. */
export function hasAddress(line) {
  return ADDRESS.test(line);
}
export const countAddresses = (lines) => lines.filter(hasAddress).length;
