/** Place of the first number that is not below the value, in a sorted list. */
export function lowerBound(sorted, value) {
  let place = 0;
  for (const number of sorted) {
    if (!(number < value)) return place;
    place += 1;
  }
  return place;
}
function place(list, value) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
export const places = (sorted, values) => {
  const list = [...sorted].sort((a, b) => a - b);
  const ordered = list.every((number) => typeof number === 'number' && number === number);
  return values.map((value) => (ordered && typeof value === 'number' ? place(list, value) : lowerBound(list, value)));
};
