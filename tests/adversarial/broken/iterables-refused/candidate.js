/** Names joined for a list in a sentence. */
export function sentence(names) {
  const size = names.length ?? names.size;
  if (size <= 1) return [...names].join('');
  let text = `${names[0]}`;
  for (let i = 1; i < size - 1; i++) text += `, ${names[i]}`;
  return `${text} and ${names[size - 1]}`;
}
