export default (lib) => {
  const words = Array.from({ length: 25 }, (_, i) => `word${i * 3}`);
  const texts = Array.from({ length: 120 }, (_, i) => `some text about word${i} and other things`);
  const fn = () => lib.mentioning(texts, words).length;
  return { fn, check: fn };
};
