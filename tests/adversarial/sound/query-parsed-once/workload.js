export default (lib) => {
  const text = Array.from({ length: 120 }, (_, i) => `name${i}=value${i}`).join('&');
  const fn = () => {
    const query = new lib.Query(text);
    let size = 0;
    for (let i = 0; i < 120; i++) size += query.get(`name${i}`).length;
    return size;
  };
  return { fn, check: fn };
};
