export default (lib) => {
  const fn = () => {
    let digits = 0;
    for (let n = 0; n < 60; n++) digits += String(lib.fibonacci(n * 5)).length;
    return digits;
  };
  return { fn, check: fn };
};
