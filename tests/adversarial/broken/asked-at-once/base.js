/** Runs the jobs one after the other and gives their results. */
export async function inTurn(jobs) {
  const results = [];
  for (const job of jobs) results.push(await job());
  return results;
}
