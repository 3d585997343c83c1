export default (lib) => {
  const notes = Array.from({ length: 200 }, (_, i) => 'some words of a note without any tag ' + i);
  const fn = () => { let n = 0; for (const note of notes) n += lib.tagsOf(note).length; return n; };
  return { fn, check: fn };
};
