import { isFunction, isNode, type SyntaxNode, walk } from './syntax.ts';

/** What a module hands out: under which names each of its top-level names goes out, `default` for the module itself. */
export type ExportedNames = Map<string, Set<string>>;

/** By local name; `local.property` where a property of something goes out. */
export function exportedNames(program: SyntaxNode): ExportedNames {
  const out: ExportedNames = new Map();
  const add = (node: unknown, name: string): void => {
    if (!isNode(node)) return;
    const local = pathOf(node);
    if (local !== null) out.set(local, (out.get(local) ?? new Set()).add(name));
    if (node.type === 'AssignmentExpression') add(node['right'], name);
    if (node.type === 'ObjectExpression')
      for (const property of node['properties'] as SyntaxNode[])
        if (isNode(property['key'])) add(property['value'], nameOf(property['key']));
  };
  walk(program, (node) => {
    const declaration = node['declaration'];
    if (node.type === 'ExportSpecifier') add(node['local'], nameOf(node['exported'] as SyntaxNode));
    if (node.type === 'ExportDefaultDeclaration' && isNode(declaration)) add(declaration['id'] ?? declaration, 'default');
    if (node.type === 'ExportNamedDeclaration' && isNode(declaration))
      for (const item of (declaration['declarations'] as SyntaxNode[] | undefined) ?? [declaration])
        if (isNode(item['id'])) add(item['id'], nameOf(item['id']));
    if (node.type === 'AssignmentExpression') {
      const name = exportsName(node['left'] as SyntaxNode);
      if (name !== null) add(node['right'], name);
    }
  });
  return out;
}

/** The name that an assignment to `module.exports`, `exports.x` or `module.exports.x` hands something out by. */
export function exportsName(left: SyntaxNode): string | null {
  const path = pathOf(left)?.split('.') ?? [];
  if (path[0] === 'module' && path[1] === 'exports') return path[2] ?? 'default';
  return path[0] === 'exports' ? (path[1] ?? 'default') : null;
}

const nameOf = (key: SyntaxNode): string => String(key['name'] ?? key['value']);

function pathOf(node: SyntaxNode): string | null {
  if (node.type === 'Identifier') return node['name'] as string;
  if (node.type !== 'MemberExpression' || node['computed'] === true) return null;
  const object = pathOf(node['object'] as SyntaxNode);
  return object === null ? null : `${object}.${nameOf(node['property'] as SyntaxNode)}`;
}

/** Another module of the package that a module hands on, whole or some of its names. */
export interface HandedOn {
  specifier: string;
  /** null: all it exports. */
  names: Set<string> | null;
}

export function handedOn(program: SyntaxNode, exported: ExportedNames): HandedOn[] {
  const out: HandedOn[] = [];
  const bind = (specifier: string, local: string, name: string | null): void => {
    if (exported.has(local)) out.push({ specifier, names: name === null ? null : new Set([name]) });
    else
      for (const path of exported.keys())
        if (path.startsWith(`${local}.`)) out.push({ specifier, names: new Set([path.split('.')[1] as string]) });
  };
  walk(program, (node, parents) => {
    const source = isNode(node['source']) && node['source'].type === 'StringLiteral' ? String(node['source']['value']) : null;
    if (node.type === 'ExportAllDeclaration' && source !== null) out.push({ specifier: source, names: null });
    if (node.type === 'ExportNamedDeclaration' && source !== null)
      out.push({
        specifier: source,
        names: new Set((node['specifiers'] as SyntaxNode[]).map((item) => nameOf(item['local'] as SyntaxNode))),
      });
    if (node.type === 'ImportDeclaration' && source !== null)
      for (const item of node['specifiers'] as SyntaxNode[]) bind(source, nameOf(item['local'] as SyntaxNode), importedName(item));
    if (node.type !== 'CallExpression' || (node['callee'] as SyntaxNode)['name'] !== 'require') return;
    const [argument] = node['arguments'] as SyntaxNode[];
    if (argument?.type === 'StringLiteral') required(String(argument['value']), parents, out, bind);
  });
  return out.filter(({ specifier }) => specifier.startsWith('.'));
}

function importedName(item: SyntaxNode): string | null {
  if (item.type === 'ImportNamespaceSpecifier') return null;
  return item.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(item['imported'] as SyntaxNode);
}

/** `require(…)`: bound to names, or handed out where it stands, itself or a property of it. */
function required(
  specifier: string,
  parents: readonly SyntaxNode[],
  out: HandedOn[],
  bind: (specifier: string, local: string, name: string | null) => void,
): void {
  const above = parents.at(-1);
  const member = above?.type === 'MemberExpression' ? nameOf(above['property'] as SyntaxNode) : null;
  const holder = member === null ? above : parents.at(-2);
  if (holder?.type === 'VariableDeclarator') {
    const id = holder['id'] as SyntaxNode;
    if (id.type === 'Identifier') bind(specifier, nameOf(id), member);
    if (id.type === 'ObjectPattern')
      for (const property of id['properties'] as SyntaxNode[])
        if (isNode(property['key']) && isNode(property['value'])) bind(specifier, nameOf(property['value']), nameOf(property['key']));
    return;
  }
  const isOut = parents.some((node) => node.type === 'AssignmentExpression' && exportsName(node['left'] as SyntaxNode) !== null);
  if (isOut && !parents.some(isFunction)) out.push({ specifier, names: member === null ? null : new Set([member]) });
}
