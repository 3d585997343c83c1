/** Index of the users by id. */
export function byId(users) {
  const index = {};
  for (const user of users) Object.defineProperty(index, user.id, { value: user, writable: true, enumerable: true, configurable: true });
  return index;
}
