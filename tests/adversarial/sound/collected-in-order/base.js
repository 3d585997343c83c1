/** All values of a list of promises, in order. */
export async function collect(values) {
  let out = [];
  for await (const value of values) out = [...out, value];
  return out;
}
