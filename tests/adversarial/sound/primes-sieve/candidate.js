/** All primes up to a limit of at most 50 000. */
export function primesUpTo(limit) {
  if (!(limit <= 50_000)) throw new RangeError('the limit is too large');
  const last = Math.floor(limit);
  const primes = [];
  if (!(last >= 2)) return primes;
  const crossed = new Uint8Array(last + 1);
  for (let n = 2; n <= last; n++) {
    if (crossed[n] === 1) continue;
    primes.push(n);
    for (let multiple = n * n; multiple <= last; multiple += n) crossed[multiple] = 1;
  }
  return primes;
}
