export default (lib) => {
  const list = Array.from({ length: 400 }, (_, i) => 'w' + i); const text = list.map((w, i) => w + (i % 2 ? '' : 'x')).join(' ');
  const fn = () => lib.knownWords(text, list).length;
  return { fn, check: fn };
};
