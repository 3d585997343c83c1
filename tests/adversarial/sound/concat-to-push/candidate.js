/** All entries of the pages in order. */
export function allEntries(pages) {
  const all = [];
  for (const page of pages) {
    all.push(page.title);
    for (const entry of page.entries.slice()) all.push(entry);
  }
  return all;
}
