/** Multiples of a step below a limit. */
export function multiples(step, limit) {
  return Array.from({ length: Math.max(0, limit) }, (_, i) => i).filter((i) => i % step === 0);
}
