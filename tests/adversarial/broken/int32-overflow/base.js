/** Total of the cents. */
export function totalCents(amounts) {
  return amounts.map((amount) => Math.floor(amount)).reduce((sum, amount) => sum + amount, 0);
}
