/** Keeps what the test says, like Array.prototype.filter. */
export function keep(list, test) {
  return list.filter(test).map((item) => item);
}
