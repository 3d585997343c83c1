import { StringDecoder } from 'node:string_decoder';
/** Text of a list of buffers. */
export function textOf(buffers) {
  const decoder = new StringDecoder('utf8');
  let text = '';
  for (const buffer of buffers) text = text.concat(decoder.write(Buffer.from(buffer)));
  return text + decoder.end();
}
