import { chain, child, children, isFunction, type Node, walk } from '../guards/syntax.ts';
import { type Messages, readMessages } from './messages.ts';
import { declaredType, describe, isSameShape, keysOf, shapeText, topLevel } from './shapes.ts';
import { isTemporary } from './temporary.ts';

/** What others can see of a module without running it. */
export interface Surface extends Messages {
  /** Exported name → parameters as callers see them, or the kind of value. */
  exports: Map<string, string>;
  /** Function path → orders of keys of the object literals it returns. */
  returned_keys: Map<string, string[]>;
}

/** Reads the surface of a parsed module (ES modules, and `exports.x =` / `module.exports =` of CommonJS). */
export function readSurface(tree: Node, source: string): Surface {
  const declared = topLevel(tree);
  const surface: Surface = { exports: new Map(), returned_keys: new Map(), ...readMessages(tree, declared) };
  for (const statement of children(tree, 'body')) readExports(statement, surface, source, declared);
  walk(tree, (node, ancestors) => {
    const returned = returnedLiteral(node);
    const around = node.type === 'ReturnStatement' ? ancestors : [...ancestors, node];
    const at = around.findLastIndex((each) => isFunction(each));
    if (returned && !(at >= 0 && isTemporary(around[at] as Node, around.slice(0, at)))) {
      const path = functionPath(around);
      const keys = keysOf(returned, source);
      surface.returned_keys.set(path, [...(surface.returned_keys.get(path) ?? []), keys]);
    }
    return;
  });
  return surface;
}

/** The object literal that a statement, or an arrow without one, returns. */
function returnedLiteral(node: Node): Node | null {
  let value =
    node.type === 'ReturnStatement' ? child(node, 'argument') : node.type === 'ArrowFunctionExpression' ? child(node, 'body') : null;
  while (value && /^(TS(As|Satisfies|NonNull)|Parenthesized)Expression$/.test(value.type)) value = child(value, 'expression');
  return value?.type === 'ObjectExpression' ? value : null;
}

function readExports(statement: Node, surface: Surface, source: string, declared: ReadonlyMap<string, Node>): void {
  const shapeOf = (node: Node | null): string => describe(node, source, declared);
  const declaration = child(statement, 'declaration');
  if (statement.type === 'ExportDefaultDeclaration') surface.exports.set('default', shapeOf(declaration));
  if (statement.type === 'ExportNamedDeclaration') {
    for (const specifier of children(statement, 'specifiers'))
      surface.exports.set((child(specifier, 'exported')?.['name'] as string) ?? 'default', 'binding');
    if (declaration?.type === 'VariableDeclaration') {
      for (const item of children(declaration, 'declarations'))
        surface.exports.set(nameOf(child(item, 'id'), 'pattern'), declaredType(child(item, 'id'), source) + shapeOf(child(item, 'init')));
    } else if (declaration) surface.exports.set(nameOf(child(declaration, 'id'), ''), shapeOf(declaration));
  }
  if (statement.type === 'ExportAllDeclaration') surface.exports.set(`* from ${String(child(statement, 'source')?.['value'])}`, 'all');
  const assignment = statement.type === 'ExpressionStatement' ? child(statement, 'expression') : null;
  const target = assignment?.type === 'AssignmentExpression' ? chain(child(assignment, 'left')) : null;
  if (assignment && target && /^(module\.)?exports(\.|$)/.test(target)) surface.exports.set(target, shapeOf(child(assignment, 'right')));
}

const nameOf = (node: Node | null, otherwise: string): string => (typeof node?.['name'] === 'string' ? node['name'] : otherwise);

function functionPath(ancestors: readonly Node[]): string {
  return ancestors
    .filter((node) => isFunction(node) || /^Class|VariableDeclarator/.test(node.type))
    .map((node) => chain(child(node, 'id') ?? child(node, 'key')))
    .filter((name) => name !== null)
    .join('.');
}

/** Differences a caller could notice, one sentence each. Empty: the surface is the same. */
export function compareSurfaces(base: Surface, candidate: Surface): string[] {
  const differences: string[] = [];
  for (const [name, shape] of base.exports) {
    const now = candidate.exports.get(name);
    if (now === undefined) differences.push(`The export ${name} is gone.`);
    else if (!isSameShape(shape, now) && shape !== 'binding' && now !== 'binding')
      differences.push(`The export ${name} changed from ${shapeText(shape)} to ${shapeText(now)}.`);
  }
  for (const name of candidate.exports.keys()) if (!base.exports.has(name)) differences.push(`The export ${name} is new.`);
  for (const [path, orders] of base.returned_keys) {
    const now = candidate.returned_keys.get(path);
    if (now && orders.length === now.length && orders.join('|') !== now.join('|'))
      differences.push(
        `The object returned by ${path} has other keys or another order: ${now.join(' | ')} instead of ${orders.join(' | ')}.`,
      );
  }
  for (const text of base.thrown)
    if (![candidate.thrown, candidate.returned, candidate.caught].some((texts) => texts.has(text)))
      differences.push(`The message ${text} is no longer thrown.`);
  return differences;
}
