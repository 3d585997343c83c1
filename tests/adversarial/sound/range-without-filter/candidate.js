/** Multiples of a step below a limit. */
export function multiples(step, limit) {
  if (!(Number.isInteger(step) && step > 0)) return Array.from({ length: Math.max(0, limit) }, (_, i) => i).filter((i) => i % step === 0);
  const end = Math.floor(Math.max(0, limit));
  const out = [];
  for (let i = 0; i < end; i += step) out.push(i);
  return out;
}
