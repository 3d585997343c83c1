export default (lib) => {
  const piece = 'a line of some text\n'.repeat(150);
  const fn = async () => {
    let size = 0;
    for await (const line of lib.lines([piece, piece])) size += line.length;
    return size;
  };
  return { fn, check: fn };
};
