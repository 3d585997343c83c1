export default (lib) => {
  const tracks = Array.from({ length: 600 }, (_, i) => `t${i}`);
  const fn = () => { const l = new lib.Playlist(); l.load(tracks); let n = 0; while (l.next() !== undefined) n++; return n; };
  return { fn, check: fn };
};

