const NONE = [];
/** Tags of a note, in lower case. */
export function tagsOf(note) {
  if (!note.includes('#')) return NONE;
  const parts = note.split(/\s+/).filter((word) => word.startsWith('#'));
  return parts.map((word) => word.slice(1).toLowerCase());
}
