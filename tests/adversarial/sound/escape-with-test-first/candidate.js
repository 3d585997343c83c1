const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Text safe for HTML. */
export function escapeHtml(text) {
  return String(text).replace(/[&<>"]/g, (char) => ENTITIES[char]);
}
