import { type ParserPlugin, parse } from '@babel/parser';

/** A function of a source file. Lines are 1-based and inclusive, offsets count UTF-16 units. */
export interface SourceFunction {
  /** Name for people: `f`, `Class.method`, `object.key`, `default`, `module.exports`; `<anonymous:LINE>` when nothing names it. */
  symbol: string;
  named: boolean;
  start: number;
  end: number;
  start_line: number;
  end_line: number;
  /** Index of the enclosing function in the list; null at the top. */
  parent: number | null;
}

interface Node {
  type: string;
  start: number;
  end: number;
  loc?: { start: { line: number }; end: { line: number } };
  [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
const FUNCTION = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ObjectMethod|ClassMethod|ClassPrivateMethod)$/;

const pluginsFor = (path: string): ParserPlugin[] => {
  if (/\.[cm]?ts$/.test(path)) return ['typescript', 'decorators'];
  if (path.endsWith('.tsx')) return ['typescript', 'jsx', 'decorators'];
  return ['jsx', 'decorators'];
};

/** Text of a key or a dotted path; null for what is computed. */
function dotted(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'Identifier') return node['name'] as string;
  if (node.type === 'StringLiteral' || node.type === 'NumericLiteral') return String(node['value']);
  if (node.type === 'PrivateName') return `#${dotted(node['id']) ?? ''}`;
  if (node.type === 'ThisExpression') return 'this';
  if (node.type !== 'MemberExpression' || node['computed'] === true) return null;
  const [object, property] = [dotted(node['object']), dotted(node['property'])];
  return object === null || property === null ? null : `${object}.${property}`;
}

/** `exports.f`, `module.exports.f` and `F.prototype.m` as people call them. */
const assignedName = (path: string): string => path.replace(/^(module\.)?exports\./, '').replace('.prototype.', '.');

/** What the surroundings call the value that a child of `node` is; `owner` is the name of the enclosing class or object. */
function nameGiven(node: Node, owner: string | null): string | null {
  const member = (key: unknown): string | null => {
    const name = dotted(key);
    if (name === null) return null;
    return owner === null ? name : `${owner}.${name}`;
  };
  switch (node.type) {
    case 'VariableDeclarator':
      return dotted(node['id']);
    case 'AssignmentExpression': {
      const path = dotted(node['left']);
      return path === null ? null : assignedName(path);
    }
    case 'ObjectProperty':
    case 'ClassProperty':
    case 'ClassPrivateProperty':
    case 'ClassAccessorProperty':
      return node['computed'] === true ? null : member(node['key']);
    case 'AssignmentPattern':
      return dotted(node['left']);
    case 'ExportDefaultDeclaration':
      return 'default';
    default:
      return null;
  }
}

/** Wrappers that do not hide a name: `const f = memo(…)` is not one, `const f = (… as T)` is. */
const TRANSPARENT = /^(TSAsExpression|TSSatisfiesExpression|TSNonNullExpression|ParenthesizedExpression|TypeCastExpression)$/;

class Collector {
  readonly found: SourceFunction[] = [];

  visit(node: Node, given: string | null, owner: string | null, parent: number | null): void {
    if (FUNCTION.test(node.type)) {
      this.#function(node, given, owner, parent);
      return;
    }
    const isClass = node.type === 'ClassDeclaration' || node.type === 'ClassExpression';
    const isObject = node.type === 'ObjectExpression';
    const inside = isClass ? (dotted(node['id']) ?? given ?? 'default') : isObject ? given : TRANSPARENT.test(node.type) ? owner : null;
    const members = isClass || isObject || node.type === 'ClassBody';
    const name = TRANSPARENT.test(node.type) ? given : nameGiven(node, owner);
    for (const child of childrenOf(node)) this.visit(child, name, members ? (node.type === 'ClassBody' ? owner : inside) : null, parent);
  }

  #function(node: Node, given: string | null, owner: string | null, parent: number | null): void {
    const own = dotted(node['id']);
    const key = node['computed'] === true ? null : dotted(node['key']);
    const method = key === null ? null : owner === null ? key : `${owner}.${key}`;
    const name = own ?? method ?? given;
    const line = node.loc?.start.line ?? 1;
    this.found.push({
      symbol: name ?? `<anonymous:${line}>`,
      named: name !== null,
      start: node.start,
      end: node.end,
      start_line: line,
      end_line: node.loc?.end.line ?? line,
      parent,
    });
    const index = this.found.length - 1;
    for (const child of childrenOf(node)) this.visit(child, null, null, index);
  }
}

function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === 'loc' || key === 'leadingComments' || key === 'trailingComments' || key === 'innerComments') continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) children.push(child);
  }
  return children;
}

/** Every function of a JavaScript or TypeScript source; empty when it cannot be parsed. */
export function sourceFunctions(text: string, path: string): SourceFunction[] {
  try {
    const tree = parse(text, {
      sourceType: 'unambiguous',
      errorRecovery: true,
      allowReturnOutsideFunction: true,
      plugins: pluginsFor(path),
    });
    const collector = new Collector();
    collector.visit(tree.program as unknown as Node, null, null, null);
    return collector.found;
  } catch {
    return [];
  }
}

/** The innermost function around an offset. */
export function functionAt(functions: readonly SourceFunction[], offset: number): SourceFunction | null {
  let best: SourceFunction | null = null;
  for (const f of functions) if (f.start <= offset && offset < f.end && (best === null || f.start >= best.start)) best = f;
  return best;
}

/** A callback belongs to the named function it is written in: that is where it would be changed. */
export function namedOwner(functions: readonly SourceFunction[], f: SourceFunction): SourceFunction {
  for (let at: SourceFunction | undefined = f; at !== undefined; at = at.parent === null ? undefined : functions[at.parent]) {
    if (at.named) return at;
  }
  return f;
}
