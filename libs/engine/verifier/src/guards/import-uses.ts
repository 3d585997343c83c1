import { textAround } from './moves.ts';
import { child, children, type Node } from './syntax.ts';
import type { Variables } from './variables.ts';

/** Identifiers that an import binds, with what each stands for; null where it is none that can be followed. */
function boundBy(node: Node, ancestors: readonly Node[]): [local: Node, imported: string][] | null {
  if (node.type === 'ImportDeclaration')
    return children(node, 'specifiers').flatMap((specifier) => {
      const local = child(specifier, 'local');
      const imported = child(specifier, 'imported');
      const name = imported ? String(imported['name'] ?? imported['value']) : specifier.type;
      return local ? [[local, name] satisfies [Node, string]] : [];
    });
  let [holder, name] = [ancestors.at(-1), 'ImportNamespaceSpecifier'];
  if (holder?.type === 'MemberExpression' && holder['computed'] !== true && child(holder, 'object') === node) {
    name = String(child(holder, 'property')?.['name']);
    holder = ancestors.at(-2);
  }
  const id = holder?.type === 'VariableDeclarator' ? child(holder, 'id') : null;
  if (id?.type === 'Identifier') return [[id, name]];
  if (id?.type !== 'ObjectPattern' || name !== 'ImportNamespaceSpecifier') return null;
  const properties = children(id, 'properties').map((property): [Node, string] | null => {
    const value = child(property, 'value');
    const key = child(property, 'key');
    return value?.type === 'Identifier' && key && property['computed'] !== true ? [value, String(key['name'] ?? key['value'])] : null;
  });
  return properties.every((property) => property !== null) ? properties : null;
}

/**
 * The functions that use what a module-level import binds, each as its text with what it uses; null when something outside of functions uses it,
 * nothing does, or it cannot be followed.
 */
export function usesOfImport(node: Node, ancestors: readonly Node[], source: string, variables: () => Variables): string[] | null {
  const bound = boundBy(node, ancestors);
  if (!bound || bound.length === 0) return null;
  const uses = new Map<string, Set<string>>();
  for (const [local, imported] of bound)
    for (const mention of variables().get(local)?.mentions ?? []) {
      if (mention.node === local) continue;
      const text = textAround(source, mention.ancestors);
      if (text === null) return null;
      uses.set(text, (uses.get(text) ?? new Set()).add(`${String(local['name'])}=${imported}`));
    }
  return uses.size === 0 ? null : [...uses].map(([text, names]) => `${text}\n${[...names].toSorted().join()}`);
}
