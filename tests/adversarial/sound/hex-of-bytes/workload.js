export default (lib) => {
  const bytes = Uint8Array.from({ length: 4000 }, (_, i) => (i * 37) % 256);
  const fn = () => lib.toHex(bytes).length;
  return { fn, check: fn };
};
