/** Key and value of a header line; the value may hold colons. */
export function header(line) {
  const colon = line.indexOf(':');
  const end = line.indexOf(':', colon + 1);
  return { key: line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1, end === -1 ? line.length : end).trim() };
}
