import { boundBy } from './scopes.ts';
import { chain, child, children, directChildren, isFunction, type Node, walk } from './syntax.ts';

/** A variable that outlives a call. */
export interface LongLived {
  name: string;
  init: Node | null;
  /** Where it is declared: an identifier or the pattern that binds it; null for a static field. */
  id: Node | null;
  line: number;
  /** The function whose variable it is, when that runs once while the module is loaded; null: the module's own. */
  home: Node | null;
  /** It comes from another module, whose state it may be. */
  imported?: true;
}

const CALL = /^(Optional)?(Call|New)Expression$/;

/** Functions and classes by the name they are declared under; two of one name are not told apart. */
export function declaredFunctions(tree: Node): Map<string, Node> {
  const found = new Map<string, Node>();
  walk(tree, (node) => {
    const value = node.type === 'VariableDeclarator' ? child(node, 'init') : node;
    const name = child(node, 'id')?.['name'];
    if (typeof name === 'string' && value && (isFunction(value) || /^Class/.test(value.type)) && node.type !== 'ClassMethod')
      found.set(name, value);
    return;
  });
  return found;
}

/** The function a call outside all functions runs: written in place, also behind `.call`, or declared in the file. */
function runAtOnce(node: Node, declared: ReadonlyMap<string, Node>): Node | null {
  if (!CALL.test(node.type)) return null;
  let callee = child(node, 'callee');
  while (callee && /^(TS\w+|Parenthesized)Expression$/.test(callee.type)) callee = child(callee, 'expression');
  if (!callee) return null;
  if (isFunction(callee)) return callee;
  if (/MemberExpression$/.test(callee.type) && /^(call|apply)$/.test(String(child(callee, 'property')?.['name']))) {
    const inner = child(callee, 'object');
    return inner && isFunction(inner) ? inner : null;
  }
  const named = declared.get(chain(callee) ?? '');
  return named && isFunction(named) ? named : null;
}

/** Functions that are written among the arguments of one that runs in its place: the factory of a universal module, which its wrapper calls. */
function handedOver(node: Node): Node[] {
  const callee = CALL.test(node.type) ? child(node, 'callee') : null;
  return callee && isFunction(callee) ? children(node, 'arguments').filter((argument) => isFunction(argument)) : [];
}

/** Static fields of a class, private ones with their mark. */
function staticFields(node: Node, home: Node | null): LongLived[] {
  const named = child(node, 'id')?.['name'];
  const owner = typeof named === 'string' ? named : 'class';
  return children(child(node, 'body') ?? node, 'body').flatMap((member): LongLived[] => {
    if (!/^Class(Private|Accessor)?Property$/.test(member.type) || member['static'] !== true) return [];
    const key = child(member, 'key');
    const name = key?.type === 'PrivateName' ? `#${String(child(key, 'id')?.['name'])}` : (key?.['name'] ?? key?.['value']);
    return typeof name === 'string'
      ? [{ name: `${owner}.${name}`, init: child(member, 'value'), id: null, line: member.loc.start.line, home }]
      : [];
  });
}

/** What `require` gives comes from another module as what is imported does. */
function required(declarator: Node): { imported?: true } {
  let init = child(declarator, 'init');
  while (init && /MemberExpression$/.test(init.type)) init = child(init, 'object');
  return init?.type === 'CallExpression' && chain(child(init, 'callee')) === 'require' ? { imported: true } : {};
}

/**
 * Variables that live as long as the module: those outside all functions, imports, static fields, and the parameters and variables of functions
 * that are called outside all functions, since what these give may keep them.
 */
export function longLived(tree: Node): LongLived[] {
  const declared = declaredFunctions(tree);
  const found: LongLived[] = [];
  const seen = new Set<Node>();
  const visit = (node: Node, home: Node | null): void => {
    if (node.type === 'VariableDeclarator')
      for (const name of boundBy(child(node, 'id')))
        found.push({ name, init: child(node, 'init'), id: child(node, 'id'), line: node.loc.start.line, home, ...required(node) });
    if (/^Class/.test(node.type) && child(node, 'body')) found.push(...staticFields(node, home));
    for (const run of [runAtOnce(node, declared), ...handedOver(node)]) {
      if (!run || seen.has(run)) continue;
      seen.add(run);
      for (const param of children(run, 'params'))
        for (const name of boundBy(param))
          found.push({ name, init: child(param, 'right'), id: param, line: param.loc.start.line, home: run });
      const body = child(run, 'body');
      if (body) visit(body, run);
    }
    if (isFunction(node)) return;
    for (const inner of directChildren(node)) visit(inner, home);
  };
  for (const statement of children(tree, 'body'))
    if (statement.type === 'ImportDeclaration')
      for (const item of children(statement, 'specifiers'))
        for (const name of boundBy(child(item, 'local')))
          found.push({ name, init: null, id: child(item, 'local'), line: item.loc.start.line, home: null, imported: true });
  for (const statement of children(tree, 'body')) if (!isFunction(statement)) visit(statement, null);
  return found;
}
