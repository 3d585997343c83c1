/** Names joined for a list in a sentence. */
export function sentence(names) {
  const all = [...names];
  if (all.length <= 1) return all.join('');
  return `${all.slice(0, -1).join(', ')} and ${all[all.length - 1]}`;
}
