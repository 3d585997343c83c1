/** Numbers of one width, filled with zeros. */
export function padded(numbers, width) {
  return numbers.map((number) => {
    let text = String(number);
    while (text.length < width) text = '0' + text;
    return text;
  });
}
