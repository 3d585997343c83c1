export default (lib) => {
  const chunks = ['line of text\n'.repeat(1500)];
  const fn = async () => { let n = 0; for await (const line of lib.lines(chunks)) n += line.length; return n; };
  return { fn, check: fn };
};

