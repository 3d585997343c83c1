/** Place of the first number that is not below the value, in a sorted list. */
export function lowerBound(sorted, value) {
  let place = 0;
  for (const number of sorted) {
    if (!(number < value)) return place;
    place += 1;
  }
  return place;
}
export const places = (sorted, values) => {
  const list = [...sorted].sort((a, b) => a - b);
  return values.map((value) => lowerBound(list, value));
};
