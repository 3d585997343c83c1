import { propertyOf } from './matchers.ts';
import { chain, child, children, isFunction, type Node } from './syntax.ts';

/** `n.toFixed(2)`, `n.toPrecision(3)`. */
export function roundsToText(node: Node): boolean {
  const callee = /^(Optional)?CallExpression$/.test(node.type) ? child(node, 'callee') : null;
  return callee !== null && /^to(Fixed|Precision)$/.test(propertyOf(callee) ?? '');
}

/**
 * The function whose result is rounded, and to what: another branch of it that rounds its result alike computes with no less precision. Null
 * where something is computed from what was rounded, where it is kept, and in functions without a name: callbacks hand it on to who knows what.
 */
export function roundedResult(node: Node, ancestors: readonly Node[]): string | null {
  if (!roundsToText(node)) return null;
  const [digits] = children(node, 'arguments');
  if (digits && digits.type !== 'NumericLiteral') return null;
  const at = returnedFrom(node, ancestors);
  const name = at < 0 ? null : pathOf(ancestors.slice(0, at + 1));
  if (name === null) return null;
  return `${name} ${propertyOf(child(node, 'callee') as Node) ?? ''} ${digits ? Number(digits['value']) : ''}`;
}

/** Index of the function that returns what is made of a node by naming, joining and choosing alone; -1 for none. */
function returnedFrom(node: Node, ancestors: readonly Node[]): number {
  let [inner, isNumber] = [node, false];
  for (let at = ancestors.length - 1; at >= 0; at--) {
    const outer = ancestors[at] as Node;
    if (outer.type === 'ReturnStatement') return ancestors.findLastIndex((each, index) => index < at && isFunction(each));
    if (outer.type === 'ArrowFunctionExpression') return child(outer, 'body') === inner ? at : -1;
    if (outer.type === 'ConditionalExpression' && child(outer, 'test') === inner) return -1;
    if (outer.type === 'BinaryExpression' && (outer['operator'] !== '+' || isNumber)) return -1;
    if (outer.type === 'CallExpression') {
      const converts = /^(Number|parseFloat|Number\.parseFloat|String)$/.exec(chain(child(outer, 'callee')) ?? '')?.[1];
      if (converts === undefined) return -1;
      isNumber ||= converts !== 'String';
    } else if (outer.type === 'UnaryExpression') {
      if (!/^[+-]$/.test(String(outer['operator']))) return -1;
      isNumber = true;
    } else if (!/^(Conditional|Binary|Parenthesized|TSAs|TSSatisfies|TSNonNull)Expression$|^TemplateLiteral$/.test(outer.type)) return -1;
    inner = outer;
  }
  return -1;
}

/** Names of the functions and classes around, the function itself last; null when it has none. */
function pathOf(around: readonly Node[]): string | null {
  const names: string[] = [];
  for (const [index, node] of around.entries()) {
    const isClass = /^Class(Declaration|Expression)$/.test(node.type);
    if (!isFunction(node) && !isClass) continue;
    const holder = around[index - 1];
    const target = holder?.type === 'VariableDeclarator' ? 'id' : holder?.type === 'AssignmentExpression' ? 'left' : 'key';
    const isHeld = holder !== undefined && /^(VariableDeclarator|AssignmentExpression|ObjectProperty|ClassProperty)$/.test(holder.type);
    const name = chain(child(node, 'id') ?? child(node, 'key') ?? (isHeld ? child(holder, target) : null));
    if (name === null && index === around.length - 1) return null;
    names.push(name ?? '');
  }
  return names.length === 0 ? null : names.join('.');
}
