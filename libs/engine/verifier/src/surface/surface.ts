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
  for (const statement of children(tree, 'body')) readExports(statement, surface);
  walk(tree, (node, ancestors) => {
    if (node.type === 'ReturnStatement' && child(node, 'argument')?.type === 'ObjectExpression') {
      const path = functionPath(ancestors);
      const keys = children(child(node, 'argument') as Node, 'properties')
        .map((property) => propertyName(property, source))
        .join(', ');
      surface.returned_keys.set(path, [...(surface.returned_keys.get(path) ?? []), keys]);
    }
    if (node.type === 'ThrowStatement') {
      const thrown = child(node, 'argument');
      const [message] = thrown && /^(New|Call)Expression$/.test(thrown.type) ? children(thrown, 'arguments') : [];
      const kind = thrown ? (chain(child(thrown, 'callee')) ?? thrown.type) : '';
      if (message && /^(StringLiteral|TemplateLiteral)$/.test(message.type)) surface.thrown.add(`${kind}(${messageText(message, source)})`);
    }
    return;
  });
  return surface;
}

/** The fixed text of a message: what is put into it is told apart when it is thrown. */
function messageText(message: Node, source: string): string {
  if (message.type !== 'TemplateLiteral') return source.slice(message.start, message.end);
  const parts = children(message, 'quasis').map((part) => source.slice(part.start, part.end));
  return `\`${parts.join('${…}')}\``;
}

function readExports(statement: Node, surface: Surface): void {
  const declaration = child(statement, 'declaration');
  if (statement.type === 'ExportDefaultDeclaration') surface.exports.set('default', describe(declaration));
  if (statement.type === 'ExportNamedDeclaration') {
    for (const specifier of children(statement, 'specifiers'))
      surface.exports.set((child(specifier, 'exported')?.['name'] as string) ?? 'default', 'binding');
    if (declaration?.type === 'VariableDeclaration') {
      for (const item of children(declaration, 'declarations'))
        surface.exports.set(nameOf(child(item, 'id'), 'pattern'), describe(child(item, 'init')));
    } else if (declaration) surface.exports.set(nameOf(child(declaration, 'id'), ''), describe(declaration));
  }
  if (statement.type === 'ExportAllDeclaration') surface.exports.set(`* from ${String(child(statement, 'source')?.['value'])}`, 'all');
  const assignment = statement.type === 'ExpressionStatement' ? child(statement, 'expression') : null;
  const target = assignment?.type === 'AssignmentExpression' ? chain(child(assignment, 'left')) : null;
  if (assignment && target && /^(module\.)?exports(\.|$)/.test(target)) surface.exports.set(target, describe(child(assignment, 'right')));
}

const nameOf = (node: Node | null, otherwise: string): string => (typeof node?.['name'] === 'string' ? node['name'] : otherwise);

/** Parameters decide `length` and the call; whether a value is a function, generator or class decides the rest. */
function describe(node: Node | null): string {
  if (!node) return 'value';
  if (isFunction(node)) {
    const kind = `${node['async'] ? 'async ' : ''}function${node['generator'] ? '*' : ''}`;
    return `${kind}(${children(node, 'params')
      .map((param) => (param.type === 'AssignmentPattern' ? '=' : param.type === 'RestElement' ? '...' : '_'))
      .join(',')})`;
  }
  if (/^Class/.test(node.type)) return `class{${classMembers(node).join(';')}}`;
  return /^TS/.test(node.type) ? node.type : 'value';
}

function classMembers(node: Node): string[] {
  return children(child(node, 'body') ?? node, 'body')
    .filter((member) => !/Private/.test(member.type) && member['accessibility'] !== 'private')
    .filter((member) => isFunction(member))
    .map(
      (member) =>
        `${member['static'] ? 'static ' : ''}${String(member['kind'])} ${chain(child(member, 'key')) ?? '[]'} ${describe({ ...member, type: 'FunctionExpression' })}`,
    )
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
