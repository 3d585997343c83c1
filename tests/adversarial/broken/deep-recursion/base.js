/** Depth of a chain of comments. */
export function depth(comment) {
  const path = [];
  let current = comment;
  while (current) { path.push({ ...current }); current = current.reply; }
  return path.length;
}
