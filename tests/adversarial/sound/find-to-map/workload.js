export default (lib) => {
  const authors = Array.from({ length: 300 }, (_, i) => ({ id: i, name: 'n' + i })); const posts = Array.from({ length: 300 }, (_, i) => ({ author: (i * 7) % 300 }));
  const fn = () => lib.authorNames(posts, authors).length;
  return { fn, check: fn };
};
