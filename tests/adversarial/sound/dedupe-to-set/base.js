/** Distinct names in the order of first sight. */
export function distinctNames(names) {
  const out = [];
  for (const name of names) if (!out.includes(name)) out.push(name);
  return out;
}
