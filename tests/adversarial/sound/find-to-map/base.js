/** Names of the authors of the posts. */
export function authorNames(posts, authors) {
  return posts.map((post) => authors.find((author) => author.id === post.author)?.name ?? 'unknown');
}
