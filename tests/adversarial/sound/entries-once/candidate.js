/** Filled template. */
export function fill(template, values) {
  let text = template;
  for (const [key, value] of Object.entries(values)) {
    const mark = '{' + key + '}';
    if (text.includes(mark)) text = text.replaceAll(mark, () => String(value).replaceAll('{', '('));
  }
  return text;
}
