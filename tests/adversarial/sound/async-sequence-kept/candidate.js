/** Runs the tasks one after the other. */
export async function inSequence(tasks) {
  const results = [];
  for (const task of tasks) results.push(await task());
  return results;
}
