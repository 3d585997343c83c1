import { boundBy } from './scopes.ts';
import { chain, child, children, directChildren, isFunction, type Node, walk } from './syntax.ts';

/** What an expression is known to say: a text, `assembled` when it is put together in a way nobody writes a name, or null when it is open. */
type Known = { text: string } | 'assembled' | null;

/** Ways to make text of text. */
const TEXT_CALLS = /^(String(\.\w+)?|atob|btoa|decodeURI(Component)?|unescape|Buffer\.from|JSON\.parse)$/;
const TEXT_METHODS =
  /^(join|split|reverse|toReversed|slice|substr|substring|replace|replaceAll|concat|repeat|trim|trimEnd|trimStart|at|charAt|toString|toLowerCase|toUpperCase|map|padStart|padEnd|normalize|flat)$/;

/** Names that are declared once, as a constant, with what they are set to. */
function constants(tree: Node): Map<string, Node> {
  const times = new Map<string, number>();
  const values = new Map<string, Node>();
  const count = (pattern: Node | null): void => {
    for (const name of boundBy(pattern)) times.set(name, (times.get(name) ?? 0) + 1);
  };
  walk(tree, (node, ancestors) => {
    if (isFunction(node)) for (const param of children(node, 'params')) count(param);
    if (node.type !== 'VariableDeclarator') return;
    const id = child(node, 'id');
    const init = child(node, 'init');
    count(id);
    if (id?.type === 'Identifier' && init && ancestors.at(-1)?.['kind'] === 'const') values.set(String(id['name']), init);
    return;
  });
  return new Map([...values].filter(([name]) => times.get(name) === 1));
}

const DEPTH_MAX = 20;

function known(node: Node | null, constant: ReadonlyMap<string, Node>, depth = 0): Known {
  if (!node || depth > DEPTH_MAX) return null;
  const inner = (other: Node | null): Known => known(other, constant, depth + 1);
  if (node.type === 'StringLiteral') return { text: String(node['value']) };
  if (node.type === 'Identifier') return inner(constant.get(String(node['name'])) ?? null);
  if (/^(TS(NonNull|As|Satisfies)|Parenthesized)Expression$/.test(node.type)) return inner(child(node, 'expression'));
  if (node.type === 'BinaryExpression' && node['operator'] === '+')
    return joined([inner(child(node, 'left')), inner(child(node, 'right'))]);
  if (node.type === 'TemplateLiteral') {
    const quasis = children(node, 'quasis').map((part) => ({ text: (part['value'] as { cooked?: string | null }).cooked ?? '' }));
    const values = children(node, 'expressions').map(inner);
    return joined(quasis.flatMap((quasi, index) => (index < values.length ? [quasi, values[index] ?? null] : [quasi])));
  }
  return /CallExpression$/.test(node.type) && isAssembled(node, inner) ? 'assembled' : null;
}

function joined(parts: readonly Known[]): Known {
  if (parts.includes(null)) return null;
  if (parts.includes('assembled')) return 'assembled';
  return { text: parts.map((part) => (part as { text: string }).text).join('') };
}

/** A call that makes text of nothing but literals: `['e', 'val'].join('')`, `atob('ZXZhbA==')`, `String.fromCharCode(101)`. */
function isAssembled(node: Node, inner: (other: Node | null) => Known): boolean {
  const callee = child(node, 'callee');
  const method = callee && /MemberExpression$/.test(callee.type) ? child(callee, 'property')?.['name'] : undefined;
  const isFixed = (value: Node): boolean =>
    /^(Numeric|RegExp|Boolean)Literal$/.test(value.type) ||
    inner(value) !== null ||
    isFunction(value) ||
    (/^(Array|Spread|Unary)/.test(value.type) && [...directChildren(value)].every(isFixed));
  if (!children(node, 'arguments').every(isFixed)) return false;
  if (TEXT_CALLS.test(chain(callee) ?? '')) return true;
  return typeof method === 'string' && TEXT_METHODS.test(method) && isFixed(child(callee as Node, 'object') as Node);
}

/**
 * Spells out the properties that are named by a fixed text (`x['ev' + 'al']`, or a constant that holds it), in place, so that every guard
 * reads them as if they stood there; those whose text is assembled by calls are marked `assembled`.
 */
export function foldNames(tree: Node): Node {
  const constant = constants(tree);
  walk(tree, (node) => {
    if (!/^(Optional)?MemberExpression$/.test(node.type) || node['computed'] !== true) return;
    const property = child(node, 'property');
    if (!property || property.type === 'StringLiteral') return;
    const name = known(property, constant);
    if (name === 'assembled') node['assembled'] = true;
    else if (name !== null) node['property'] = { ...property, type: 'StringLiteral', value: name.text };
    return;
  });
  return tree;
}
