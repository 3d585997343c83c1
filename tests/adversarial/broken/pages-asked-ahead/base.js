/** Copies all pages of a source into a sink, page by page. */
export async function copyPages(source, sink) {
  let count = 0;
  for await (const page of source) {
    await sink(page);
    count++;
  }
  return count;
}
