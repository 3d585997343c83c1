/**
 * Holm's step-down correction: adjusted p-values in the order given; a hypothesis is rejected at family level alpha when its adjusted
 * p is at most alpha. S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70. Throws RangeError on a p outside [0, 1].
 */
export function holm(p_values: readonly number[]): number[] {
  for (const p of p_values) if (!(p >= 0 && p <= 1)) throw new RangeError(`a p-value lies between 0 and 1, got ${p}`);
  const order = p_values.map((_, i) => i).sort((a, b) => (p_values[a] as number) - (p_values[b] as number));
  const adjusted = Array.from({ length: p_values.length }, () => 0);
  let running = 0;
  for (const [rank, index] of order.entries()) {
    running = Math.max(running, Math.min(1, (p_values.length - rank) * (p_values[index] as number)));
    adjusted[index] = running;
  }
  return adjusted;
}
