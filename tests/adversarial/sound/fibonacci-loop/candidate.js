/** The n-th Fibonacci number, for whole numbers up to 1000. */
export function fibonacci(n) {
  if (!Number.isInteger(n) || n < 0 || n > 1000) throw new RangeError('n must be a whole number from 0 to 1000');
  let [a, b] = [0n, 1n];
  for (let i = 0; i < n; i++) [a, b] = [b, a + b];
  return a;
}
