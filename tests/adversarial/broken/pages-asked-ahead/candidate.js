/** Copies all pages of a source into a sink, page by page. */
export async function copyPages(source, sink) {
  let count = 0;
  const pages = source[Symbol.asyncIterator] ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let next = pages.next();
  for (;;) {
    const { done, value } = await next;
    if (done) return count;
    next = pages.next();
    await sink(await value);
    count++;
  }
}
