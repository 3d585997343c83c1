/** Whether the text begins with one of the prefixes. */
export function beginsWithAny(text, prefixes) {
  return prefixes.filter((prefix) => text.indexOf(prefix) === 0).length > 0;
}
