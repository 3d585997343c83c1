/** Numbers of one width, filled with zeros. */
export function padded(numbers, width) {
  return numbers.map((number) => {
    const text = String(number);
    return text.length < width ? text.padStart(Math.ceil(width), '0') : text;
  });
}
