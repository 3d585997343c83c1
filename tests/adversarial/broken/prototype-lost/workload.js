export default (lib) => {
  const spans = Array.from({ length: 400 }, (_, i) => new lib.Span(i * 2, i * 2 + (i % 4)));
  const fn = () => lib.joined(spans).length;
  return { fn, check: fn };
};
