/** The n-th Fibonacci number, for whole numbers up to 1000. */
export function fibonacci(n) {
  if (!Number.isInteger(n) || n < 0 || n > 1000) throw new RangeError('n must be a whole number from 0 to 1000');
  const known = new Map();
  const at = (i) => {
    if (i < 2) return BigInt(i);
    if (!known.has(i)) known.set(i, at(i - 1) + at(i - 2));
    return known.get(i);
  };
  return at(n);
}
