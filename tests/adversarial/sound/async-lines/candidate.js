/** Lines of a stream of pieces of text. */
export async function* lines(pieces) {
  let rest = '';
  for await (const piece of pieces) {
    rest += piece;
    let start = 0;
    let end = rest.indexOf('\n');
    while (end >= 0) {
      yield rest.slice(start, end);
      start = end + 1;
      end = rest.indexOf('\n', start);
    }
    rest = rest.slice(start);
  }
  if (rest !== '') yield rest;
}
