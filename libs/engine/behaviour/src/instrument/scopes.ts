import { childrenOf, isClass, isFunction, isNode, type SyntaxNode } from './syntax.ts';

/** Names a pattern binds. */
export function boundNames(pattern: SyntaxNode): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern['name'] as string];
    case 'ObjectPattern':
      return (pattern['properties'] as SyntaxNode[]).flatMap((property) =>
        boundNames((property['value'] ?? property['argument']) as SyntaxNode),
      );
    case 'ArrayPattern':
      return (pattern['elements'] as (SyntaxNode | null)[]).flatMap((element) => (element ? boundNames(element) : []));
    case 'AssignmentPattern':
      return boundNames(pattern['left'] as SyntaxNode);
    case 'RestElement':
      return boundNames(pattern['argument'] as SyntaxNode);
    case 'TSParameterProperty':
      return boundNames(pattern['parameter'] as SyntaxNode);
    default:
      return [];
  }
}

/** Names a function (or the module) declares anywhere inside it, nested functions left out; block scopes count as the function's. */
export function declaredNames(scope: SyntaxNode): Set<string> {
  const names = new Set<string>();
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'VariableDeclarator') for (const name of boundNames(node['id'] as SyntaxNode)) names.add(name);
    if (node.type === 'CatchClause' && isNode(node['param'])) for (const name of boundNames(node['param'])) names.add(name);
    if ((node.type === 'FunctionDeclaration' || isClass(node)) && isNode(node['id'])) names.add(node['id']['name'] as string);
    if (node.type.startsWith('Import') && isNode(node['local'])) names.add(node['local']['name'] as string);
    if (isFunction(node)) return;
    for (const child of childrenOf(node)) visit(child);
  };
  if (isFunction(scope)) {
    for (const param of scope['params'] as SyntaxNode[]) for (const name of boundNames(param)) names.add(name);
    if (scope.type === 'FunctionExpression' && isNode(scope['id'])) names.add(scope['id']['name'] as string);
  }
  for (const child of childrenOf(scope)) visit(child);
  return names;
}

export interface FreeNames {
  names: Set<string>;
  /** Uses `this`, `super`, `arguments` or `new.target` of the surroundings. */
  usesContext: boolean;
}

/** Names a function uses that neither it nor a function inside it declares. */
export function freeNames(fn: SyntaxNode): FreeNames {
  const names = new Set<string>();
  let usesContext = false;
  const visit = (node: SyntaxNode, parent: SyntaxNode | null, scopes: Set<string>[], ownContext: boolean): void => {
    let inner = scopes;
    let context = ownContext;
    if (isFunction(node)) {
      inner = [...scopes, declaredNames(node)];
      if (node.type !== 'ArrowFunctionExpression') context = true;
    }
    if (node.type === 'ClassBody') context = true;
    if ((node.type === 'ThisExpression' || node.type === 'Super' || node.type === 'MetaProperty') && !context) usesContext = true;
    if (node.type === 'Identifier' || node.type === 'JSXIdentifier') {
      const name = node['name'] as string;
      if (name === 'arguments' && !context) usesContext = true;
      if (name !== 'arguments' && parent && isReference(node, parent) && !inner.some((scope) => scope.has(name))) names.add(name);
    }
    for (const child of childrenOf(node)) visit(child, node, inner, context);
  };
  visit(fn, null, [], false);
  return { names, usesContext };
}

function isReference(node: SyntaxNode, parent: SyntaxNode): boolean {
  if (
    parent.type.startsWith('TS') &&
    !/^TS(?:As|NonNull|Satisfies|TypeAssertion|ExportAssignment|EnumMember|Instantiation)/.test(parent.type)
  )
    return false;
  if (/^(?:Optional)?MemberExpression$/.test(parent.type)) return parent['object'] === node || parent['computed'] === true;
  if (/^(?:ObjectProperty|ObjectMethod|ClassMethod|ClassProperty|ClassAccessorProperty)$/.test(parent.type))
    return parent['key'] !== node || parent['computed'] === true || parent['shorthand'] === true;
  if (parent.type === 'LabeledStatement' || parent.type === 'BreakStatement' || parent.type === 'ContinueStatement') return false;
  return !/^(?:ImportSpecifier|ExportSpecifier|MetaProperty)$/.test(parent.type);
}
