/** A number as a Roman numeral, from 1 to 3999. */
export function roman(value) {
  if (!Number.isInteger(value) || value < 1 || value > 3999) throw new RangeError('from 1 to 3999');
  const table = Object.entries({ M: 1000, CM: 900, D: 500, CD: 400, C: 100, XC: 90, L: 50, XL: 40, X: 10, IX: 9, V: 5, IV: 4, I: 1 }).sort((a, b) => b[1] - a[1]);
  let out = '';
  let rest = value;
  for (const [letters, size] of table) {
    while (rest >= size) {
      out += letters;
      rest -= size;
    }
  }
  return out;
}
