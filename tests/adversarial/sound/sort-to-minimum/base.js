/** The oldest of the people (the first of equal ones); undefined for nobody. */
export function oldest(people) {
  return people.map((person) => ({ ...person })).sort((a, b) => b.age - a.age)[0];
}
