export default (lib) => {
  const buffers = Array.from({ length: 2000 }, (_, i) => Buffer.from(`line ${i} é\n`));
  const fn = () => lib.textOf(buffers).length;
  return { fn, check: fn };
};

