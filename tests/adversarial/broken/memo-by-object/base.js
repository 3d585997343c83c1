/** Sum of the prices in a basket. */
export function total(basket) {
  let sum = 0;
  for (const item of basket) sum += item.price * item.count;
  return sum;
}
