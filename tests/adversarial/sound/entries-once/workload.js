export default (lib) => {
  const template = 'Dear {name}, your {thing} is {state}. '.repeat(30); const values = { name: 'N', thing: 'T', state: 'S' };
  const fn = () => lib.fill(template, values).length;
  return { fn, check: fn };
};
