import { child, children, type Node } from '../guards/syntax.ts';

/** A text of a member in which its own name says nothing. */
type FormOf = (member: Node) => string;

const keyOf = (member: Node): string => {
  const key = child(member, 'key');
  return `${member['static'] === true ? 'static ' : ''}${String(key?.['name'] ?? key?.['value'])}`;
};

/** Methods for subclasses that have a body: nobody has to write one. */
const isOpenMethod = (member: Node): boolean =>
  /^(ClassMethod|TSDeclareMethod)$/.test(member.type) &&
  member['accessibility'] === 'protected' &&
  member['kind'] === 'method' &&
  member['computed'] !== true &&
  member['abstract'] !== true;

/**
 * Takes protected methods out of the candidate's class that the base's class has not, and those of both whose name alone has changed. What is
 * gone without another in its place stays a difference, and so does a protected method that takes the place of another member.
 */
export function leaveOutNewProtected(base: Node, candidate: Node, formOf: FormOf): void {
  const [before, after] = [children(base, 'body'), children(candidate, 'body')];
  const names = new Set(before.map(keyOf));
  const kept = new Set(after.map(keyOf));
  const fresh = after.filter((member) => isOpenMethod(member) && !names.has(keyOf(member)));
  const renamed = new Set<Node>();
  const taken = new Set<Node>();
  for (const member of before.filter((each) => isOpenMethod(each) && !kept.has(keyOf(each)))) {
    const other = fresh.find((each) => !taken.has(each) && formOf(each) === formOf(member));
    if (!other) continue;
    taken.add(other);
    renamed.add(member);
  }
  base['body'] = before.filter((member) => !renamed.has(member));
  candidate['body'] = after.filter((member) => !fresh.includes(member));
}
