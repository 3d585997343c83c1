/** Lines of an async source of texts. */
export async function* lines(source) {
  let rest = '';
  for await (const chunk of source) {
    rest += chunk;
    let from = 0;
    for (let at = rest.indexOf('\n'); at !== -1; at = rest.indexOf('\n', from)) {
      yield rest.slice(from, at);
      from = at + 1;
    }
    rest = rest.slice(from);
  }
  if (rest !== '') yield rest;
}
