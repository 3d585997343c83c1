/** Fields of a line without the space around them. */
export function fields(line) {
  const out = line.split(',');
  for (let i = 0; i < out.length; i++) {
    const field = out[i];
    let start = 0;
    let end = field.length;
    while (start < end && field.charCodeAt(start) === 32) start += 1;
    while (end > start && field.charCodeAt(end - 1) === 32) end -= 1;
    out[i] = field.slice(start, end);
  }
  return out;
}
