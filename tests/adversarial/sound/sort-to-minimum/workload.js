export default (lib) => {
  const people = Array.from({ length: 500 }, (_, i) => ({ age: (i * 37) % 91, name: 'p' + i }));
  const fn = () => lib.oldest(people).age;
  return { fn, check: fn };
};
