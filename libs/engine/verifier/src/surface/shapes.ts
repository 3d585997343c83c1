import { chain, child, children, isFunction, type Node } from '../guards/syntax.ts';

/** What is declared outside all functions of a module: functions and classes, and what constants are set to. */
export function topLevel(tree: Node): Map<string, Node> {
  const found = new Map<string, Node>();
  for (const statement of children(tree, 'body')) {
    const declaration = /^Export/.test(statement.type) ? child(statement, 'declaration') : statement;
    if (!declaration) continue;
    const items = declaration.type === 'VariableDeclaration' ? children(declaration, 'declarations') : [declaration];
    for (const item of items) {
      const name = child(item, 'id')?.['name'];
      const value = item.type === 'VariableDeclarator' ? (declaration['kind'] === 'const' ? child(item, 'init') : null) : item;
      if (typeof name === 'string' && value) found.set(name, value);
    }
  }
  return found;
}

/** The text of a declared type, `: T`, or nothing. */
export function declaredType(node: Node | null, source: string, key = 'typeAnnotation'): string {
  const type = node ? child(node.type === 'AssignmentPattern' ? (child(node, 'left') ?? node) : node, key) : null;
  return type ? source.slice(type.start, type.end).replaceAll(/\s+/g, ' ') : '';
}

/** A key as programs see it: quotes around it say nothing. */
export function propertyName(property: Node, source: string): string {
  if (property.type === 'SpreadElement') return `...${source.slice(property.start + 3, property.end)}`;
  const key = child(property, 'key');
  if (!key) return '?';
  if (property['computed'] === true) return `[${source.slice(key.start, key.end)}]`;
  const name = key['name'] ?? key['value'];
  return typeof name === 'string' || typeof name === 'number' ? String(name) : source.slice(key.start, key.end);
}

export const keysOf = (literal: Node, source: string): string =>
  children(literal, 'properties')
    .map((property) => propertyName(property, source))
    .join(', ');

/** Stands for arguments that a function reads without naming them: callers may hand over more, as with `...`. */
const UNNAMED = '~';

/** Whether a function reads `arguments`; those of inner functions are theirs. */
function readsArguments(node: Node): boolean {
  const reads = (at: unknown): boolean => {
    if (Array.isArray(at)) return at.some(reads);
    const inner = at as Node | null;
    if (typeof inner?.type !== 'string') return false;
    if (inner.type === 'Identifier') return inner['name'] === 'arguments';
    if (isFunction(inner) && inner.type !== 'ArrowFunctionExpression') return false;
    return Object.entries(inner).some(([key, value]) => key !== 'loc' && typeof value === 'object' && reads(value));
  };
  return node.type !== 'ArrowFunctionExpression' && reads(child(node, 'body'));
}

/**
 * Whether two shapes are the same to callers: arguments that are read without a name and a rest parameter take the same calls, and a method
 * that a class keeps to itself, by its name or as a protected one, may be new, but not gone. A protected one may have got another name.
 */
export function isSameShape(base: string, candidate: string): boolean {
  const [before, after] = [partsOf(base), partsOf(candidate)];
  if (!takesSameCalls(before.offered, after.offered)) return false;
  const isKept = (own: string, kept: readonly string[]): boolean => kept.some((other) => takesSameCalls(own, other));
  const gone = before.kept.filter((own) => !isKept(own, after.kept));
  const fresh = after.kept.filter((own) => !isKept(own, before.kept));
  return gone.every((own) => {
    const at = fresh.findIndex((other) => own.startsWith(PROTECTED) && nameless(own) === nameless(other));
    if (at >= 0) fresh.splice(at, 1);
    return at >= 0;
  });
}

const PROTECTED = 'protected ';
/** `protected method push function(_)` without the name. */
const nameless = (member: string): string => member.replace(/^(protected (?:static )?\w+) \S+/, '$1');

const KEPT = ' keeps {';
/** No type has a line break: layout is taken out of them. */
const BETWEEN = '\n';

/** A shape in one line, for people. */
export const shapeText = (shape: string): string => shape.replaceAll(BETWEEN, ';');

const partsOf = (shape: string): { offered: string; kept: string[] } => {
  const [offered = '', kept = '}'] = shape.split(KEPT);
  return { offered, kept: kept.slice(0, -1).split(BETWEEN).filter(Boolean) };
};

function takesSameCalls(base: string, candidate: string): boolean {
  if (base === candidate) return true;
  const pattern = (shape: string): RegExp =>
    new RegExp(
      `^${shape
        .split(/(,?~)/)
        .map((part) => (/^,?~$/.test(part) ? String.raw`(?:,?(?:~|\.\.\.))?` : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)))
        .join('')}$`,
    );
  return pattern(base).test(candidate) || pattern(candidate).test(base);
}

const describeFunction = (node: Node, source: string): string => {
  const kind = `${node['async'] ? 'async ' : ''}function${node['generator'] ? '*' : ''}`;
  const params = children(node, 'params').map((param) => {
    const mark = param.type === 'AssignmentPattern' ? '=' : param.type === 'RestElement' ? '...' : param['optional'] === true ? '?' : '_';
    return `${mark}${declaredType(param, source)}`;
  });
  if (!params.some((param) => param.startsWith('...')) && readsArguments(node)) params.push(UNNAMED);
  return `${kind}${declaredType(node, source, 'typeParameters')}(${params.join(',')})${declaredType(node, source, 'returnType')}`;
};

/** What `(() => { …; return value; })()` gives, with the names that are declared in there. */
function resultAtOnce(node: Node): { value: Node; names: Map<string, Node> } | null {
  const callee = node.type === 'CallExpression' ? child(node, 'callee') : null;
  if (!callee || !isFunction(callee) || callee['async'] === true || callee['generator'] === true) return null;
  const body = child(callee, 'body');
  const value = body?.type === 'BlockStatement' ? child(children(body, 'body').at(-1) ?? body, 'argument') : body;
  return body && value ? { value, names: topLevel(body) } : null;
}

/**
 * Parameters decide `length` and the call, declared types what callers may hand over and rely on; whether a value is a function, generator
 * or class decides the rest. Types and interfaces stand by their text: this is what a declaration file would say. A name stands for what is
 * declared under it outside all functions.
 */
export function describe(node: Node | null, source: string, declared: ReadonlyMap<string, Node>): string {
  if (!node) return 'value';
  if (isFunction(node) || node.type === 'TSDeclareFunction') return describeFunction(node, source);
  if (/^Class/.test(node.type)) return describeClass(node, source, declared);
  // What a module offers as one object: its keys are its exports.
  if (node.type === 'ObjectExpression') return `object {${keysOf(node, source)}}`;
  const at_once = resultAtOnce(node);
  if (at_once) return describe(at_once.value, source, new Map([...declared, ...at_once.names]));
  const named = node.type === 'Identifier' ? declared.get(String(node['name'])) : undefined;
  if (named && named.type !== 'Identifier') return describe(named, source, declared);
  return /^TS(Interface|TypeAlias|Enum)/.test(node.type) ? textOfType(node, source) : 'value';
}

/** Comments, layout and the separator behind the last member say nothing. */
const textOfType = (node: Node, source: string): string =>
  source
    .slice(node.start, node.end)
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[;,]? ?\}/g, ' }')
    .replaceAll(/([=<(:]) \| /g, '$1 ')
    .replace(/;$/, '');

function describeClass(node: Node, source: string, declared: ReadonlyMap<string, Node>): string {
  const members = [...membersOf(node, source, declared)];
  const shapes = (kept: boolean): string =>
    members
      .filter(([name, shape]) => (name.startsWith('_') || shape.startsWith(PROTECTED)) === kept)
      .map(([, shape]) => shape)
      .sort()
      .join(BETWEEN);
  return `class${declaredType(node, source, 'typeParameters')}{${shapes(false)}}${shapes(true) === '' ? '' : `${KEPT}${shapes(true)}}`}`;
}

/** Members by name with their shapes: its own, and those that a class of the same file leaves to it. */
function membersOf(node: Node, source: string, declared: ReadonlyMap<string, Node>, depth = 20): Map<string, string> {
  const parent = declared.get(String(child(node, 'superClass')?.['name']));
  const inherited = parent && /^Class/.test(parent.type) && depth > 0 ? membersOf(parent, source, declared, depth - 1) : [];
  const members = new Map([...inherited].filter(([, shape]) => !/^(?:protected )?constructor /.test(shape)));
  for (const member of children(child(node, 'body') ?? node, 'body')) {
    if (/Private/.test(member.type) || member['accessibility'] === 'private' || !isFunction(member)) continue;
    const name = chain(child(member, 'key')) ?? '[]';
    const kind = `${member['static'] ? 'static ' : ''}${String(member['kind'])}`;
    // A getter and a setter of one name, and names that are computed, stand side by side.
    const own = `${member['accessibility'] === 'protected' ? PROTECTED : ''}${kind} ${name} ${describeFunction(member, source)}`;
    const known = name === '[]' || member['kind'] === 'set' || member['kind'] === 'get' ? `${name} ${own}` : name;
    members.set(member['static'] ? `${known} static` : known, own);
  }
  return members;
}
