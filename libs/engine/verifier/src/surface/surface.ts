import { chain, child, children, isFunction, type Node, walk } from '../guards/syntax.ts';

/** What others can see of a module without running it. */
export interface Surface {
  /** Exported name → parameters as callers see them, or the kind of value. */
  exports: Map<string, string>;
  /** Function path → orders of keys of the object literals it returns. */
  returned_keys: Map<string, string[]>;
  /** Texts of thrown messages, in no order. */
  thrown: Set<string>;
}

/** Reads the surface of a parsed module (ES modules, and `exports.x =` / `module.exports =` of CommonJS). */
export function readSurface(tree: Node, source: string): Surface {
  const surface: Surface = { exports: new Map(), returned_keys: new Map(), thrown: new Set() };
  for (const statement of children(tree, 'body')) readExports(statement, surface, source);
  walk(tree, (node, ancestors) => {
    const returned = returnedLiteral(node);
    if (returned) {
      const path = functionPath(node.type === 'ReturnStatement' ? ancestors : [...ancestors, node]);
      const keys = keysOf(returned, source);
      surface.returned_keys.set(path, [...(surface.returned_keys.get(path) ?? []), keys]);
    }
    if (node.type === 'ThrowStatement') {
      const thrown = child(node, 'argument');
      const [message] = thrown && /^(New|Call)Expression$/.test(thrown.type) ? children(thrown, 'arguments') : [];
      const kind = thrown ? (chain(child(thrown, 'callee')) ?? thrown.type) : '';
      const text = message ? messageText(message, source) : null;
      if (text !== null) surface.thrown.add(`${kind}(${text})`);
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

const keysOf = (literal: Node, source: string): string =>
  children(literal, 'properties')
    .map((property) => propertyName(property, source))
    .join(', ');

/** The fixed text of a message: what is put into it is told apart when it is thrown. */
function messageText(message: Node, source: string): string | null {
  if (message.type === 'StringLiteral') return source.slice(message.start, message.end);
  if (message.type === 'TemplateLiteral') {
    const parts = children(message, 'quasis').map((part) => source.slice(part.start, part.end));
    return `\`${parts.join('${…}')}\``;
  }
  if (message.type !== 'BinaryExpression' || message['operator'] !== '+') return null;
  const sides = [child(message, 'left'), child(message, 'right')].map((side) => (side ? messageText(side, source) : null));
  return sides.every((side) => side === null) ? null : sides.map((side) => side ?? '…').join(' + ');
}

function readExports(statement: Node, surface: Surface, source: string): void {
  const declaration = child(statement, 'declaration');
  if (statement.type === 'ExportDefaultDeclaration') surface.exports.set('default', describe(declaration, source));
  if (statement.type === 'ExportNamedDeclaration') {
    for (const specifier of children(statement, 'specifiers'))
      surface.exports.set((child(specifier, 'exported')?.['name'] as string) ?? 'default', 'binding');
    if (declaration?.type === 'VariableDeclaration') {
      for (const item of children(declaration, 'declarations'))
        surface.exports.set(
          nameOf(child(item, 'id'), 'pattern'),
          declaredType(child(item, 'id'), source) + describe(child(item, 'init'), source),
        );
    } else if (declaration) surface.exports.set(nameOf(child(declaration, 'id'), ''), describe(declaration, source));
  }
  if (statement.type === 'ExportAllDeclaration') surface.exports.set(`* from ${String(child(statement, 'source')?.['value'])}`, 'all');
  const assignment = statement.type === 'ExpressionStatement' ? child(statement, 'expression') : null;
  const target = assignment?.type === 'AssignmentExpression' ? chain(child(assignment, 'left')) : null;
  if (assignment && target && /^(module\.)?exports(\.|$)/.test(target))
    surface.exports.set(target, describe(child(assignment, 'right'), source));
}

const nameOf = (node: Node | null, otherwise: string): string => (typeof node?.['name'] === 'string' ? node['name'] : otherwise);

/** The text of a declared type, `: T`, or nothing. */
function declaredType(node: Node | null, source: string, key = 'typeAnnotation'): string {
  const type = node ? child(node.type === 'AssignmentPattern' ? (child(node, 'left') ?? node) : node, key) : null;
  return type ? source.slice(type.start, type.end).replaceAll(/\s+/g, ' ') : '';
}

/**
 * Parameters decide `length` and the call, declared types what callers may hand over and rely on; whether a value is a function, generator
 * or class decides the rest. Types and interfaces stand by their text: this is what a declaration file would say.
 */
function describe(node: Node | null, source: string): string {
  if (!node) return 'value';
  if (isFunction(node) || node.type === 'TSDeclareFunction') {
    const kind = `${node['async'] ? 'async ' : ''}function${node['generator'] ? '*' : ''}`;
    const params = children(node, 'params').map((param) => {
      const mark = param.type === 'AssignmentPattern' ? '=' : param.type === 'RestElement' ? '...' : param['optional'] === true ? '?' : '_';
      return `${mark}${declaredType(param, source)}`;
    });
    return `${kind}${declaredType(node, source, 'typeParameters')}(${params.join(',')})${declaredType(node, source, 'returnType')}`;
  }
  if (/^Class/.test(node.type)) return `class${declaredType(node, source, 'typeParameters')}{${classMembers(node, source).join(';')}}`;
  // What a module offers as one object: its keys are its exports.
  if (node.type === 'ObjectExpression') return `object {${keysOf(node, source)}}`;
  return /^TS(Interface|TypeAlias|Enum)/.test(node.type)
    ? source
        .slice(node.start, node.end)
        .replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
        .replaceAll(/\s+/g, ' ')
    : 'value';
}

function classMembers(node: Node, source: string): string[] {
  return children(child(node, 'body') ?? node, 'body')
    .filter((member) => !/Private/.test(member.type) && member['accessibility'] !== 'private')
    .filter((member) => isFunction(member))
    .map((member) => {
      const shape = describe({ ...member, type: 'FunctionExpression' }, source);
      return `${member['static'] ? 'static ' : ''}${String(member['kind'])} ${chain(child(member, 'key')) ?? '[]'} ${shape}`;
    })
    .sort();
}

const propertyName = (property: Node, source: string): string => {
  const key = child(property, 'key');
  return property.type === 'SpreadElement'
    ? `...${source.slice(property.start + 3, property.end)}`
    : key
      ? source.slice(key.start, key.end)
      : '?';
};

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
    else if (now !== shape && shape !== 'binding' && now !== 'binding')
      differences.push(`The export ${name} changed from ${shape} to ${now}.`);
  }
  for (const name of candidate.exports.keys()) if (!base.exports.has(name)) differences.push(`The export ${name} is new.`);
  for (const [path, orders] of base.returned_keys) {
    const now = candidate.returned_keys.get(path);
    if (now && orders.length === now.length && orders.join('|') !== now.join('|'))
      differences.push(
        `The object returned by ${path} has other keys or another order: ${now.join(' | ')} instead of ${orders.join(' | ')}.`,
      );
  }
  for (const text of base.thrown) if (!candidate.thrown.has(text)) differences.push(`The message ${text} is no longer thrown.`);
  return differences;
}
