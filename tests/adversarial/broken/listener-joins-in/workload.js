export default (lib) => {
  const fn = () => { const bus = new lib.Bus(); for (let i = 0; i < 800; i++) bus.on('a', () => {}); return bus.emit('a', 1); };
  return { fn, check: fn };
};

