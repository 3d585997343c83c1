export default (lib) => {
  const chunk = 'some line of text\r\n'.repeat(20) + 'half';
  const fn = () => { const l = new lib.Lines(); let n = 0; for (let i = 0; i < 10; i++) n += l.push(chunk).length; return n + l.end().length; };
  return { fn, check: fn };
};
