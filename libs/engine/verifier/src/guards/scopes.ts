import { child, children, directChildren, isFunction, type Node } from './syntax.ts';

/** A use of a name that nothing in the file declares: a global. */
export interface GlobalUse {
  name: string;
  node: Node;
  /** Innermost last. */
  ancestors: readonly Node[];
}

const BLOCK = /^(Program|BlockStatement|StaticBlock|SwitchStatement|For(In|Of)?Statement|CatchClause|TSModuleBlock)$/;
const TYPE_ONLY =
  /^TS(?!As|NonNull|Satisfies|TypeAssertion|ExportAssignment|EnumDeclaration|EnumMember|ModuleDeclaration|ModuleBlock|ParameterProperty|Instantiation)/;

/** Names a pattern binds. */
export function boundBy(pattern: Node | null): string[] {
  if (!pattern) return [];
  switch (pattern.type) {
    case 'Identifier':
      return [pattern['name'] as string];
    case 'ObjectPattern':
      return children(pattern, 'properties').flatMap((property) => boundBy(child(property, 'value') ?? child(property, 'argument')));
    case 'ArrayPattern':
      return children(pattern, 'elements').flatMap(boundBy);
    case 'AssignmentPattern':
      return boundBy(child(pattern, 'left'));
    case 'RestElement':
      return boundBy(child(pattern, 'argument'));
    case 'TSParameterProperty':
      return boundBy(child(pattern, 'parameter'));
    default:
      return [];
  }
}

/** `var` and function declarations of a function's body, at any depth but not inside other functions. */
function hoisted(node: Node, names: Set<string>): void {
  for (const inner of directChildren(node)) {
    if (inner.type === 'VariableDeclaration' && inner['kind'] === 'var')
      for (const item of children(inner, 'declarations')) for (const name of boundBy(child(item, 'id'))) names.add(name);
    if (!isFunction(inner)) hoisted(inner, names);
  }
}

/** What stands directly in a block: `let`, `const`, classes, functions, imports. */
function lexical(block: Node, names: Set<string>): void {
  const statements = [
    ...children(block, 'body'),
    ...children(block, 'cases').flatMap((item) => children(item, 'consequent')),
    ...[child(block, 'init'), child(block, 'left')].filter((item) => item !== null),
  ];
  for (const statement of statements) {
    const declared = /^Export/.test(statement.type) ? child(statement, 'declaration') : statement;
    if (!declared) continue;
    if (declared.type === 'VariableDeclaration')
      for (const item of children(declared, 'declarations')) for (const name of boundBy(child(item, 'id'))) names.add(name);
    else if (
      /^(Function|Class|TSEnum|TSModule|TSImportEquals|TSDeclareFunction)/.test(declared.type) ||
      declared.type === 'TSDeclareFunction'
    )
      for (const name of boundBy(child(declared, 'id'))) names.add(name);
    if (statement.type === 'ImportDeclaration')
      for (const item of children(statement, 'specifiers')) for (const name of boundBy(child(item, 'local'))) names.add(name);
  }
}

export function declaredIn(node: Node): Set<string> {
  const names = new Set<string>();
  if (isFunction(node) || /^Class/.test(node.type)) for (const name of boundBy(child(node, 'id'))) names.add(name);
  if (isFunction(node)) {
    for (const param of children(node, 'params')) for (const name of boundBy(param)) names.add(name);
    if (node.type !== 'ArrowFunctionExpression') names.add('arguments');
    hoisted(node, names);
  }
  if (node.type === 'Program') hoisted(node, names);
  if (BLOCK.test(node.type)) lexical(node, names);
  if (node.type === 'CatchClause') for (const name of boundBy(child(node, 'param'))) names.add(name);
  return names;
}

/** Whether an identifier is a use of a variable, not the name of a property, label or import. */
function isUse(node: Node, parent: Node | undefined): boolean {
  if (!parent) return true;
  if (parent['property'] === node || parent['key'] === node) {
    if (parent['computed'] === true) return true;
    return parent['key'] === node && parent['shorthand'] === true && parent['value'] === node;
  }
  if (
    /^(LabeledStatement|BreakStatement|ContinueStatement|MetaProperty|ImportSpecifier|ExportSpecifier|TSEnumMember|PrivateName|ImportAttribute)$/.test(
      parent.type,
    )
  )
    return false;
  return !TYPE_ONLY.test(parent.type);
}

/** Every use of a name that no scope around it declares. */
export function globalUses(tree: Node): GlobalUse[] {
  const found: GlobalUse[] = [];
  const visit = (node: Node, ancestors: Node[], scopes: Set<string>[]): void => {
    if (TYPE_ONLY.test(node.type)) return;
    const own = declaredIn(node);
    const inner = own.size > 0 ? [...scopes, own] : scopes;
    if (node.type === 'Identifier' && isUse(node, ancestors.at(-1))) {
      const name = node['name'] as string;
      if (!inner.some((scope) => scope.has(name))) found.push({ name, node, ancestors: [...ancestors] });
    }
    ancestors.push(node);
    for (const next of directChildren(node)) visit(next, ancestors, inner);
    ancestors.pop();
  };
  visit(tree, [], []);
  return found;
}
