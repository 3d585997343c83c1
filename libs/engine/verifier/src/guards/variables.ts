import { declaredIn } from './scopes.ts';
import { child, children, directChildren, isFunction, type Node } from './syntax.ts';

/** One place where a variable is named, its declaration among them. `ancestors` is innermost last. */
export interface Mention {
  node: Node;
  ancestors: readonly Node[];
}

/** A variable of one scope with all its mentions. */
export interface Variable {
  name: string;
  mentions: Mention[];
}

/** The variable an identifier means; identifiers that nothing in the file declares are left out. */
export type Variables = ReadonlyMap<Node, Variable>;

/** Whether an identifier names a property, a label or something of another module. */
function isOnlyName(node: Node, parent: Node | undefined): boolean {
  if (!parent) return false;
  if (parent['property'] === node) return parent['computed'] !== true;
  if (parent['key'] === node && parent['value'] !== node) return parent['computed'] !== true;
  if (/^(Import|Export)Specifier$/.test(parent.type)) return parent['local'] !== node;
  return /^(LabeledStatement|BreakStatement|ContinueStatement|MetaProperty|PrivateName)$/.test(parent.type);
}

/** What a node declares; the name of a declared function or class belongs to the scope around it. */
const scopeOf = (node: Node): Set<string> => declaredIn(/^(Function|Class)Declaration$/.test(node.type) ? { ...node, id: null } : node);

/** Tells variables of one name apart by their scopes. */
export function variablesOf(tree: Node): Variables {
  const found = new Map<Node, Variable>();
  const visit = (node: Node, ancestors: Node[], scopes: Map<string, Variable>[]): void => {
    const names = scopeOf(node);
    const inner = names.size > 0 ? [...scopes, new Map([...names].map((name) => [name, { name, mentions: [] as Mention[] }]))] : scopes;
    if (node.type === 'Identifier' && !isOnlyName(node, ancestors.at(-1))) {
      const variable = inner.findLast((scope) => scope.has(String(node['name'])))?.get(String(node['name']));
      if (variable) {
        found.set(node, variable);
        variable.mentions.push({ node, ancestors: [...ancestors] });
      }
    }
    ancestors.push(node);
    for (const next of directChildren(node)) visit(next, ancestors, inner);
    ancestors.pop();
  };
  visit(tree, [], []);
  return found;
}

export const isWrapper = (node: Node): boolean => /^(TS\w+|Parenthesized|TypeCast)Expression$/.test(node.type);

/** An expression without the types and parentheses around it. */
export function bare(node: Node | null): Node | null {
  let at = node;
  while (at && isWrapper(at)) at = child(at, 'expression');
  return at;
}

/** The node around a place, past types and parentheses, with what stands directly in it. */
export function around({ node, ancestors }: Mention): { parent: Node | undefined; inner: Node; above: readonly Node[] } {
  let at = ancestors.length;
  while (at > 0 && isWrapper(ancestors[at - 1] as Node)) at -= 1;
  return { parent: ancestors[at - 1], inner: ancestors[at] ?? node, above: ancestors.slice(0, Math.max(0, at - 1)) };
}

/** Whether a mention is the callee of a call. */
export function isCalled(mention: Mention): boolean {
  const { parent, inner } = around(mention);
  return parent !== undefined && /^(Optional)?CallExpression$/.test(parent.type) && child(parent, 'callee') === inner;
}

/** The function a variable always is: declared once as one, and never set again. */
export function functionOf({ mentions }: Variable): Mention | null {
  const made: Mention[] = [];
  for (const { node, ancestors } of mentions) {
    const parent = ancestors.at(-1);
    if (!parent) continue;
    if (parent['id'] === node && isFunction(parent)) made.push({ node: parent, ancestors: ancestors.slice(0, -1) });
    else if (parent.type === 'VariableDeclarator' && parent['id'] === node) {
      const init = bare(child(parent, 'init'));
      if (!init || !isFunction(init)) return null;
      made.push({ node: init, ancestors });
    } else if (isPattern(parent, node) || (isFunction(parent) && children(parent, 'params').includes(node))) return null;
  }
  return made.length === 1 ? (made[0] ?? null) : null;
}

/** Whether a node stands where something is put into it. */
function isPattern(parent: Node, node: Node): boolean {
  if (/^Assignment(Expression|Pattern)$/.test(parent.type)) return parent['left'] === node;
  return (
    /^(UpdateExpression|RestElement|ArrayPattern|CatchClause)$/.test(parent.type) ||
    (/^For(In|Of)Statement$/.test(parent.type) && parent['left'] === node)
  );
}
