/** Lines in which the pattern is found. */
export function grep(lines, pattern) {
  const out = [];
  for (let i = 0; i < lines.length; i++) if (pattern.test(lines[i])) out.push(lines[i]);
  return out;
}
