/** Lines in which the pattern is found. */
export function grep(lines, pattern) {
  return lines.filter((line) => line.search(pattern) !== -1);
}
