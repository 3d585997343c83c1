/** Prints each record as a line, and gives the number of characters printed. */
export function print(records) {
  let text = '';
  for (const record of records) {
    if (record === null) throw new TypeError('no record');
    text += `${String(record)}\n`;
  }
  process.stdout.write(text);
  return text.length;
}
