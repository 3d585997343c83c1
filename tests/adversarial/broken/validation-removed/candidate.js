/** Mean of the ratings; each must be from 1 to 5. */
export function meanRating(ratings) {
  let sum = 0;
  for (let i = 0; i < ratings.length; i++) sum += ratings[i];
  return sum / ratings.length;
}
