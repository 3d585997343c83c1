export default (lib) => {
  const stack = new lib.Stack(); for (let i = 0; i < 2000; i++) stack.push({ weight: 1 });
  const fn = () => stack.size;
  return { fn, check: fn };
};
