const decode = (text) => (text.includes('%') ? decodeURIComponent(text.replace(/\+/g, ' ')) : text);
/** Reads a query string. */
export function parse(query) {
  const out = {};
  for (const part of query.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = at === -1 ? part : part.slice(0, at);
    const value = at === -1 ? '' : part.slice(at + 1);
    out[decode(name)] = decode(value);
  }
  return out;
}
