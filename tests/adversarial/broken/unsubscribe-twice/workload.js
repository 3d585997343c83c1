export default (lib) => {
  const fn = () => { const o = lib.observable(0); let n = 0; const stops = []; for (let i = 0; i < 60; i++) stops.push(o.subscribe((v) => { n += v; })); o.set(2); for (const s of stops) s(); o.set(5); return n; };
  return { fn, check: fn };
};
