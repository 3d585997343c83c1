export default (lib) => {
  let chain = null; for (let i = 0; i < 400; i++) chain = { id: i, text: 'x', reply: chain };
  const fn = () => lib.depth(chain);
  return { fn, check: fn };
};
