/** Number of single letters to change, add or take away to turn one text into the other. */
export function distance(a, b) {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  let row = new Array(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    const letter = a[i - 1];
    for (let j = 1; j <= b.length; j++) {
      const change = above[j - 1] + (letter === b[j - 1] ? 0 : 1);
      const remove = above[j] + 1;
      const add = row[j - 1] + 1;
      row[j] = change < remove ? (change < add ? change : add) : remove < add ? remove : add;
    }
    [above, row] = [row, above];
  }
  return above[b.length];
}
