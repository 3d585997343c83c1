export default (lib) => {
  const sentence = Array.from({ length: 300 }, (_, i) => 'w' + i).join(' ');
  const fn = () => lib.reversed(sentence).length;
  return { fn, check: fn };
};
