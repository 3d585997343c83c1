import { elementOf, nameOf, typeNames } from './declared-types.ts';
import { isNode, type SyntaxNode } from './syntax.ts';

const DEPTH_MAX = 8;
const MEMBERS_MAX = 60;

/** Interfaces and type aliases of a module, by name. */
export function declarationsOf(program: SyntaxNode): Map<string, SyntaxNode> {
  const out = new Map<string, SyntaxNode>();
  for (const statement of program['body'] as SyntaxNode[]) {
    const node = isNode(statement['declaration']) ? statement['declaration'] : statement;
    const name = isNode(node['id']) ? String(node['id']['name']) : '';
    if (node.type === 'TSInterfaceDeclaration' && isNode(node['body'])) out.set(name, node['body']);
    if (node.type === 'TSTypeAliasDeclaration' && isNode(node['typeAnnotation'])) out.set(name, node['typeAnnotation']);
  }
  return out;
}

/**
 * Simple declared types of what a parameter holds, by the way to it: `.name` for a property, `.*` for an element. Optional properties may be
 * `undefined`. Types that are not written in the same file say nothing.
 */
export function declaredMembers(param: SyntaxNode, named: ReadonlyMap<string, SyntaxNode>, source: string): Record<string, string[]> {
  const out: Record<string, string[]> = {};
  const pattern = param.type === 'AssignmentPattern' ? (param['left'] as SyntaxNode) : param;
  const annotation = pattern['typeAnnotation'];
  if (isNode(annotation) && isNode(annotation['typeAnnotation'])) note(annotation['typeAnnotation'], '', 0);
  return out;

  function note(type: SyntaxNode, path: string, depth: number): void {
    if (depth > DEPTH_MAX || Object.keys(out).length >= MEMBERS_MAX) return;
    const element = elementOf(type);
    if (element) return add(element, `${path}.*`, depth, []);
    if (type.type === 'TSTypeReference') {
      const target = named.get(nameOf(type));
      if (target) note(target, path, depth + 1);
    }
    if (type.type === 'TSParenthesizedType') note(type['typeAnnotation'] as SyntaxNode, path, depth);
    if (type.type === 'TSIntersectionType' || type.type === 'TSUnionType')
      for (const part of type['types'] as SyntaxNode[]) note(part, path, depth);
    const members = type.type === 'TSTypeLiteral' ? type['members'] : type.type === 'TSInterfaceBody' ? type['body'] : [];
    for (const member of members as SyntaxNode[]) {
      const [key, value] = [member['key'], member['typeAnnotation']];
      if (member.type !== 'TSPropertySignature' || !isNode(key) || !isNode(value) || !isNode(value['typeAnnotation'])) continue;
      const name = key.type === 'Identifier' ? String(key['name']) : String(key['value']);
      add(value['typeAnnotation'], `${path}.${name}`, depth, member['optional'] === true ? ['undefined'] : []);
    }
  }

  function add(type: SyntaxNode, path: string, depth: number, more: string[]): void {
    const types = typeNames(type, source) ?? [];
    if (types.length + more.length > 0) out[path] = [...types.filter((name) => !name.startsWith('of ')), ...more];
    note(type, path, depth + 1);
  }
}
