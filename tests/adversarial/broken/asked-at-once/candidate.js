/** Runs the jobs one after the other and gives their results. */
export async function inTurn(jobs) {
  return await Promise.all(jobs.map((job) => job()));
}
