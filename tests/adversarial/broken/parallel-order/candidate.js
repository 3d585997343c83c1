/** Runs the steps one after the other and gives their results. */
export async function runSteps(steps) {
  return await Promise.all(steps.map((step) => step()));
}
