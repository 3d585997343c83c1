/** Filled template. */
export function fill(template, values) {
  let text = template;
  for (const key of Object.keys(values)) {
    while (text.includes('{' + key + '}')) text = text.replace('{' + key + '}', () => String(values[key]).replaceAll('{', '('));
  }
  return text;
}
