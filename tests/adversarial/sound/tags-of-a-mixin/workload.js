export default (lib) => {
  const fn = () => {
    const note = new lib.Note('n');
    for (let i = 0; i < 1500; i++) note.tag(`tag ${i % 600}`);
    return note.tags.length;
  };
  return { fn, check: fn };
};
