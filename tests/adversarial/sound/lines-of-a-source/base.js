/** Lines of an async source of texts. */
export async function* lines(source) {
  let rest = '';
  for await (const chunk of source) {
    rest = rest + chunk;
    while (rest.includes('\n')) {
      const at = rest.indexOf('\n');
      yield rest.slice(0, at);
      rest = rest.slice(at + 1);
    }
  }
  if (rest !== '') yield rest;
}
