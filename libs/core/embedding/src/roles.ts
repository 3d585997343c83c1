import { loopDepth, type PlacedToken } from './nesting.ts';

/** What a name is to the loops at some depth: made in the innermost one, changed by one, or the same while they run. */
export type Roles = (name: string, depth: number) => 'element' | 'grown' | 'fixed';

const GROWS = /^(push|push_back|append|emplace_back|extend|unshift|insert|add|set|splice|shift|pop|erase|remove|popleft|concat)$/;

/** Roles by where a name is seen first and whether something is put into it inside a loop. */
export function rolesOf(tokens: readonly PlacedToken[]): Roles {
  const first = new Map<string, number>();
  const grown = new Set<string>();
  const loopNames = new Set<string>();
  let inHead = false;
  for (const [index, { token, scopes }] of tokens.entries()) {
    if (token.text === 'for') inHead = true;
    else if (inHead && /^(of|in|=|:|;)$/.test(token.text)) inHead = false;
    if (token.kind !== 'name' || /^(\.|->|::|\?\.)$/.test(tokens[index - 1]?.token.text ?? '')) continue;
    const depth = loopDepth(scopes);
    if (inHead) loopNames.add(token.text);
    if (!first.has(token.text)) first.set(token.text, depth);
    const next = tokens[index + 1]?.token.text ?? '';
    const called = /^(\.|->)$/.test(next) && GROWS.test(tokens[index + 2]?.token.text ?? '');
    if (depth > 0 && (called || next === '=' || next === '+=')) grown.add(token.text);
  }
  return (name, depth) =>
    loopNames.has(name) || (depth > 0 && (first.get(name) ?? 0) >= depth) ? 'element' : grown.has(name) ? 'grown' : 'fixed';
}
