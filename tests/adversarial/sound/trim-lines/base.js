/** Lines without the space around them, empty ones left out. */
export function cleanLines(text) {
  const out = [];
  for (const line of text.split('\n')) {
    const clean = line.replace(new RegExp('^\\s+'), '').replace(new RegExp('\\s+$'), '');
    if (clean !== '') out.push(clean);
  }
  return out;
}
