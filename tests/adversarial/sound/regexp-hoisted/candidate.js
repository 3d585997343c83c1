const TAG = new RegExp('^[a-z][a-z0-9-]{0,' + 30 + '}$', 'i');
/** Whether a name is a valid tag. */
export function isTag(name) {
  return TAG.test(name);
}
export const validTags = (names) => names.filter((name) => isTag(name));
