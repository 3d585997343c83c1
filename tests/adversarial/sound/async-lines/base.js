/** Lines of a stream of pieces of text. */
export async function* lines(pieces) {
  let rest = '';
  for await (const piece of pieces) {
    rest += piece;
    let end = rest.indexOf('\n');
    while (end >= 0) {
      yield rest.slice(0, end);
      rest = [...rest.slice(end + 1)].join('');
      end = rest.indexOf('\n');
    }
  }
  if (rest !== '') yield rest;
}
