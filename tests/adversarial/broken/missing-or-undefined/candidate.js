/** The settings with a default under the missing ones. */
export function complete(settings) {
  const out = { ...settings };
  if (out.depth === undefined) out.depth = 3;
  if (out.title === undefined) out.title = 'none';
  return out;
}
