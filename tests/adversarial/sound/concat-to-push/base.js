/** All entries of the pages in order. */
export function allEntries(pages) {
  let all = [];
  for (const page of pages) all = all.concat([page.title], page.entries.slice());
  return all;
}
