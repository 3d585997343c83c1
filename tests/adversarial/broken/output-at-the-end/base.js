/** Prints each record as a line, and gives the number of characters printed. */
export function print(records) {
  let characters = 0;
  for (const record of records) {
    if (record === null) throw new TypeError('no record');
    const line = `${String(record)}\n`;
    process.stdout.write(line);
    characters += line.length;
  }
  return characters;
}
