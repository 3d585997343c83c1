/** Whether the text begins with one of the prefixes. */
export function beginsWithAny(text, prefixes) {
  return prefixes.some((prefix) => text.startsWith(prefix));
}
