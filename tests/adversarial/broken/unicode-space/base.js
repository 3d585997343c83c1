/** Fields of a line without the space around them. */
export function fields(line) {
  return line.split(',').map((field) => field.replace(/^\s+|\s+$/g, ''));
}
