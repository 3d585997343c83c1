/** Keeps what the test says, like Array.prototype.filter. */
export function keep(list, test) {
  const out = [];
  for (let i = 0; i < list.length; i++) if (test(list[i])) out.push(list[i]);
  return out;
}
