/** Key and value of a header line; the value may hold colons. */
export function header(line) {
  const [key, ...rest] = line.split(':');
  return { key: key.trim().toLowerCase(), value: rest.join(':').trim() };
}
