/** Total of the cents. */
export function totalCents(amounts) {
  let sum = 0;
  for (let i = 0; i < amounts.length; i++) sum = (sum + (amounts[i] | 0)) | 0;
  return sum;
}
