const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Text safe for HTML. */
export function escapeHtml(text) {
  return [...String(text)].map((char) => (Object.hasOwn(ENTITIES, char) ? ENTITIES[char] : char)).join('');
}
