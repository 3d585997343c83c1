/** The oldest of the people (the first of equal ones); undefined for nobody. */
export function oldest(people) {
  if (!people.every((person) => Number.isFinite(person.age))) return people.map((person) => ({ ...person })).sort((a, b) => b.age - a.age)[0];
  let best;
  for (const person of people) if (best === undefined || person.age > best.age) best = person;
  return best === undefined ? undefined : { ...best };
}
