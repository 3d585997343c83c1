import { nameOf } from './declared-types.ts';
import { boundNames } from './scopes.ts';
import { isFunction, isNode, type SyntaxNode, walk } from './syntax.ts';

/** How a value may be asked for an iterator by whoever gets it. */
export type Iterated = 'sync' | 'async';

const NAMES: Readonly<Record<string, Iterated>> = {
  Iterable: 'sync',
  IterableIterator: 'sync',
  IteratorObject: 'sync',
  Generator: 'sync',
  AsyncIterable: 'async',
  AsyncIterableIterator: 'async',
  AsyncIteratorObject: 'async',
  AsyncGenerator: 'async',
};

const DEPTH_MAX = 8;

/**
 * Ways to places of a parameter that may hold any iterable (`''`: the parameter itself): by its annotation, by its JSDoc, or since the function
 * awaits what it gives, which nobody does with a mere list.
 */
export function iterablesOf(
  param: SyntaxNode,
  fn: SyntaxNode,
  documented: string | undefined,
  named: ReadonlyMap<string, SyntaxNode>,
): Record<string, Iterated[]> {
  const out = new Map<string, Set<Iterated>>();
  const add = (path: string, how: Iterated): void => void out.set(path, (out.get(path) ?? new Set()).add(how));
  const target = param.type === 'TSParameterProperty' ? (param['parameter'] as SyntaxNode) : param;
  const pattern = target.type === 'AssignmentPattern' ? (target['left'] as SyntaxNode) : target;
  const annotation = pattern['typeAnnotation'];
  if (isNode(annotation) && isNode(annotation['typeAnnotation']) && param.type !== 'RestElement')
    note(annotation['typeAnnotation'], '', boundsOf(fn, named), add, 0);
  for (const name of (documented ?? '').matchAll(/(?<![\w.])(\w+)\s*(?=\.?<|\||\)|$)/g)) {
    const how = NAMES[name[1] ?? ''];
    if (how) add('', how);
  }
  const name = pattern.type === 'Identifier' ? boundNames(pattern)[0] : undefined;
  if (name !== undefined && isAwaited(name, fn)) for (const how of ['sync', 'async'] as const) add('', how);
  return Object.fromEntries([...out].map(([path, how]) => [path, [...how]]));
}

/** Type aliases and interfaces of the file, and the bounds of the function's own type parameters. */
function boundsOf(fn: SyntaxNode, named: ReadonlyMap<string, SyntaxNode>): ReadonlyMap<string, SyntaxNode> {
  const own = fn['typeParameters'];
  const params = isNode(own) ? (own['params'] as SyntaxNode[]) : [];
  const bounds = params.flatMap((param): [string, SyntaxNode][] => {
    const name = param['name'];
    const text = isNode(name) ? String(name['name']) : String(name);
    return isNode(param['constraint']) ? [[text, param['constraint']]] : [];
  });
  return new Map([...named, ...bounds]);
}

function note(
  type: SyntaxNode,
  path: string,
  named: ReadonlyMap<string, SyntaxNode>,
  add: (path: string, how: Iterated) => void,
  depth: number,
): void {
  if (depth > DEPTH_MAX) return;
  if (type.type === 'TSParenthesizedType') note(type['typeAnnotation'] as SyntaxNode, path, named, add, depth);
  if (type.type === 'TSUnionType') for (const part of type['types'] as SyntaxNode[]) note(part, path, named, add, depth);
  if (type.type === 'TSTypeReference') {
    const how = NAMES[nameOf(type)];
    const target = named.get(nameOf(type));
    if (target) note(target, path, named, add, depth + 1);
    else if (how) add(path, how);
  }
  const members = type.type === 'TSTypeLiteral' ? type['members'] : type.type === 'TSInterfaceBody' ? type['body'] : [];
  for (const member of members as SyntaxNode[]) {
    const [key, value] = [member['key'], member['typeAnnotation']];
    if (member.type !== 'TSPropertySignature' || !isNode(key) || !isNode(value) || !isNode(value['typeAnnotation'])) continue;
    const name = key.type === 'Identifier' ? String(key['name']) : String(key['value']);
    note(value['typeAnnotation'], `${path}.${name}`, named, add, depth + 1);
  }
}

/** `for await (const value of name)` in the function itself, where the name is its parameter. */
function isAwaited(name: string, fn: SyntaxNode): boolean {
  let isFound = false;
  walk(fn, (node) => {
    if (node !== fn && isFunction(node)) return false;
    const right = node['right'];
    if (node.type === 'ForOfStatement' && node['await'] === true && isNode(right) && right.type === 'Identifier' && right['name'] === name)
      isFound = true;
    return !isFound;
  });
  return isFound;
}
