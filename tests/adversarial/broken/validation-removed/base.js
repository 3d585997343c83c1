/** Mean of the ratings; each must be from 1 to 5. */
export function meanRating(ratings) {
  for (const rating of ratings) {
    if (!Number.isInteger(rating) || rating < 1 || rating > 5) throw new RangeError(`bad rating ${rating}`);
  }
  return ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
}
