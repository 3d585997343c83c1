/** Entries by weight, heaviest first; equal ones keep their order. */
export function byWeight(entries) {
  const out = [...entries];
  for (let i = 1; i < out.length; i++) {
    const entry = out[i];
    let j = i - 1;
    while (j >= 0 && out[j].weight < entry.weight) { out[j + 1] = out[j]; j -= 1; }
    out[j + 1] = entry;
  }
  return out;
}
