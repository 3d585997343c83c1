export default (lib) => {
  const items = Array.from({ length: 6000 }, (_, i) => i);
  const fn = () => {
    let count = 0;
    for (const page of lib.pages(items, 5)) count += page.length;
    return count;
  };
  return { fn, check: fn };
};
