/** All primes up to a limit of at most 50 000. */
export function primesUpTo(limit) {
  if (!(limit <= 50_000)) throw new RangeError('the limit is too large');
  const primes = [];
  for (let n = 2; n <= limit; n++) {
    let isPrime = true;
    for (const prime of primes) {
      if (prime * prime > n) break;
      if (n % prime === 0) {
        isPrime = false;
        break;
      }
    }
    if (isPrime) primes.push(n);
  }
  return primes;
}
