/** Loads the pages one after the other; those that cannot be loaded are told with the reason. */
export async function loadAll(names, load) {
  const pages = [];
  const failed = [];
  for (const name of names) {
    try {
      pages.push(await load(name));
    } catch (reason) {
      failed.push({ name, reason: reason instanceof Error ? reason : new Error(String(reason)) });
    }
  }
  return { pages, failed };
}
