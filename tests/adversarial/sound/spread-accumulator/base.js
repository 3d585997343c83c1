/** Index of the users by id. */
export function byId(users) {
  return users.reduce((index, user) => ({ ...index, [user.id]: user }), {});
}
