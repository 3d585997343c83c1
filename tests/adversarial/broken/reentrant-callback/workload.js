export default (lib) => {
  const signal = new lib.Signal(); let n = 0; for (let i = 0; i < 300; i++) signal.on(() => { n += 1; });
  const fn = () => signal.emit(1);
  return { fn, check: fn };
};
