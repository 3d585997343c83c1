export default (lib) => {
  const list = Array.from({ length: 3000 }, (_, i) => ({ i }));
  const fn = () => { let at = 0, n = 0; for (const row of lib.rows({ read: () => list[at++] ?? null, close() {} })) n += row.i; return n; };
  return { fn, check: fn };
};

