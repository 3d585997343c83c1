/** All values of a list of promises, in order. */
export async function collect(values) {
  const out = [];
  for await (const value of values) out.push(value);
  return out;
}
