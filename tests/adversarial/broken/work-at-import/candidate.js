const LOWER = [];
for (let code = 0; code < 65536; code++) LOWER.push(String.fromCharCode(code).toLowerCase());
/** Score of a text: how often the words of the query occur. */
export function score(text, query) {
  const words = query.toLowerCase().split(/\s+/);
  let total = 0;
  let lower = '';
  for (let i = 0; i < text.length; i++) lower += LOWER[text.charCodeAt(i)];
  const tokens = lower.split(/\W+/);
  for (const word of words) for (const token of tokens) if (token === word) total += 1;
  return total;
}
