/** The settings with a default under the missing ones. */
export function complete(settings) {
  const out = { ...settings };
  if (!Object.hasOwn(out, 'depth')) out.depth = 3;
  if (!Object.hasOwn(out, 'title')) out.title = 'none';
  return out;
}
