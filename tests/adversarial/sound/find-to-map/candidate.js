/** Names of the authors of the posts. */
export function authorNames(posts, authors) {
  if (posts.length < 8) return posts.map((post) => authors.find((author) => author.id === post.author)?.name ?? 'unknown');
  // The first author of an id counts; NaN equals nothing, as with ===.
  const first = new Map();
  for (const author of authors) if (author.id === author.id && !first.has(author.id)) first.set(author.id, author);
  return posts.map((post) => first.get(post.author)?.name ?? 'unknown');
}
