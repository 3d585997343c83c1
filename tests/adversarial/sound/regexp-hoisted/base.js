/** Whether a name is a valid tag. */
export function isTag(name) {
  return new RegExp('^[a-z][a-z0-9-]{0,' + 30 + '}$', 'i').test(name);
}
export const validTags = (names) => names.filter((name) => isTag(name));
