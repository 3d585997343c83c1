/** Loads the pages one after the other; those that cannot be loaded are told with the reason. */
export async function loadAll(names, load) {
  let pages = [];
  let failed = [];
  for (const name of names) {
    try {
      const page = await load(name);
      pages = [...pages, page];
    } catch (reason) {
      failed = [...failed, { name, reason }];
    }
  }
  return { pages, failed };
}
