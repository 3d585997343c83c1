/** Lines without the space around them, empty ones left out. */
export function cleanLines(text) {
  const out = [];
  for (const line of text.split('\n')) {
    // trim() takes off exactly what \s matches.
    const clean = line.trim();
    if (clean !== '') out.push(clean);
  }
  return out;
}
