/** Text of a list of buffers. */
export function textOf(buffers) {
  let text = '';
  for (const buffer of buffers) text += buffer.toString('utf8');
  return text;
}
