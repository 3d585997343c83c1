/** Depth of a chain of comments. */
export function depth(comment) {
  return comment ? 1 + depth(comment.reply) : 0;
}
