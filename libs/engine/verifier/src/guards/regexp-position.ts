import { chain, child, children, directChildren, isFunction, type Node, walk } from './syntax.ts';

const isBlock = (node: Node): boolean => /^(BlockStatement|Program|StaticBlock)$/.test(node.type);

/** `A.lastIndex = at;` as a statement, where the place does not come from the expression itself. */
function isPlacing(statement: Node | undefined, name: string): boolean {
  const node = statement?.type === 'ExpressionStatement' ? child(statement, 'expression') : null;
  if (node?.type !== 'AssignmentExpression' || node['operator'] !== '=' || chain(child(node, 'left')) !== `${name}.lastIndex`) return false;
  return !mentions(child(node, 'right'), name);
}

function mentions(node: Node | null, name: string): boolean {
  if (!node) return false;
  return (node.type === 'Identifier' && node['name'] === name) || [...directChildren(node)].some((inner) => mentions(inner, name));
}

/** Methods of lists and texts that call nothing back. */
const PLAIN = /^(push|slice|substring|charAt|charCodeAt|codePointAt|at|indexOf|startsWith|endsWith|includes|trim)$/;

/** Whether nothing of the module may run in a statement but the expression: no other call, no waiting, no function for later. */
function runsNothingElse(statement: Node, name: string): boolean {
  let alone = true;
  walk(statement, (node) => {
    if (node.type === 'ThrowStatement') return false;
    const own = new RegExp(`^${name.replaceAll('$', String.raw`\$`)}\\.(exec|test)$`);
    if (/^(Await|Yield|New|TaggedTemplate)Expression$/.test(node.type) || isFunction(node) || /^Class/.test(node.type)) alone = false;
    const callee = /CallExpression$/.test(node.type) ? child(node, 'callee') : null;
    const is_plain = callee?.['computed'] === false && PLAIN.test(String(child(callee, 'property')?.['name']));
    if (callee && !is_plain && !own.test(chain(callee) ?? '')) alone = false;
    return;
  });
  return alone;
}

/**
 * Whether a regular expression of the module, global or sticky, keeps nothing between calls although its `lastIndex` is written: wherever it is used,
 * the place is set by a statement of the same block, and from there to the last use only the expression runs.
 */
export function isPlacedBeforeUse(tree: Node, name: string): boolean {
  let placed = true;
  let used = false;
  walk(tree, (node, ancestors) => {
    if (node.type !== 'Identifier' || node['name'] !== name) return;
    const parent = ancestors.at(-1);
    const is_name = parent && (parent['property'] === node || parent['key'] === node) && parent['computed'] !== true;
    if (!parent || is_name || (parent.type === 'VariableDeclarator' && parent['id'] === node)) return;
    used ||= /\.(exec|test)$/.test(chain(parent) ?? '');
    placed &&= parent['object'] === node && /\.(exec|test|lastIndex)$/.test(chain(parent) ?? '') && isAfterPlacing(ancestors, name);
    return;
  });
  return placed && used;
}

/** Whether a use stands in a block behind the statement that sets the place, with nothing else running in between. */
function isAfterPlacing(ancestors: readonly Node[], name: string): boolean {
  for (let depth = ancestors.length - 1; depth > 0; depth -= 1) {
    const block = ancestors[depth] as Node;
    if (isFunction(block)) return false;
    if (!isBlock(block)) continue;
    const statements = children(block, 'body');
    const at = statements.indexOf(ancestors[depth + 1] as Node);
    if (isPlacing(statements[at], name)) return true;
    const start = statements.findLastIndex((statement, index) => index < at && isPlacing(statement, name));
    if (start !== -1) return statements.slice(start + 1, at + 1).every((statement) => runsNothingElse(statement, name));
  }
  return false;
}
