/** Runs the tasks one after the other. */
export async function inSequence(tasks) {
  let results = [];
  for (const task of tasks) {
    const result = await task();
    results = [...results, result];
  }
  return results;
}
