export default (lib) => {
  const router = lib.createRouter();
  for (let i = 0; i < 300; i++) router.add(i % 2 ? 'get' : 'post', `/users/${i}`, i);
  const fn = () => {
    let sum = 0;
    for (let i = 0; i < 300; i++) sum += router.find('GET', `/users/${i}`) ?? 0;
    return sum;
  };
  return { fn, check: fn };
};
