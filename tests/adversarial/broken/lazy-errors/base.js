/** Parsed lines; a broken line throws at once. */
export function parseLines(lines) {
  const out = [];
  for (const line of lines) out.push(JSON.parse(line));
  return out;
}
