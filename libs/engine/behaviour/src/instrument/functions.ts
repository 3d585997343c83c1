import type { FunctionMeta, ParamMeta } from '../runtime/graph.ts';
import { iterablesOf } from './declared-iterables.ts';
import { declarationsOf, declaredMembers } from './declared-members.ts';
import { declaredTypes, jsdocTypes } from './declared-types.ts';
import { boundNames, declaredNames, freeNames } from './scopes.ts';
import { isClass, isFunction, isNode, parseModule, type SyntaxNode } from './syntax.ts';

/** One function or class of a file, with what instrumentation needs to know about its place. */
export interface FunctionInfo {
  meta: Omit<FunctionMeta, 'id' | 'file' | 'changed' | 'class_id'>;
  node: SyntaxNode;
  /** Index in the list of its class, of the function around it. */
  classIndex: number | null;
  parentIndex: number | null;
  /** Function whose scope holds the binding: null is the module. */
  scope: SyntaxNode | null;
  inlineArgument: boolean;
  derived: boolean;
}

export interface FileFunctions {
  program: SyntaxNode;
  functions: FunctionInfo[];
  internal_names: string[];
}

interface Place {
  path: string;
  name: string;
  expression: string | null;
  exported: string | null;
}

const simpleMember = /^[\w$]+(?:\.[\w$]+)*$/;

export function functionsOf(source: string, file: string): FileFunctions {
  const { program, comments } = parseModule(source, file);
  const collector = new Collector(source, program, comments);
  collector.visit(program, [], null, null);
  return { program, functions: collector.functions, internal_names: [...collector.internal] };
}

class Collector {
  readonly functions: FunctionInfo[] = [];
  readonly internal = new Set<string>();
  readonly #source: string;
  readonly #seen = new Map<string, number>();
  readonly #comments: SyntaxNode[];
  readonly #scopes = new Map<SyntaxNode, Set<string>>();
  readonly #declarations: Map<string, SyntaxNode>;
  #defaults: string | null = null;

  constructor(source: string, program: SyntaxNode, comments: SyntaxNode[]) {
    this.#source = source;
    this.#comments = comments;
    this.#declarations = declarationsOf(program);
    for (const statement of program['body'] as SyntaxNode[]) {
      const declaration = statement['declaration'];
      if (statement.type === 'ExportDefaultDeclaration' && isNode(declaration) && declaration.type === 'Identifier')
        this.#defaults = declaration['name'] as string;
    }
  }

  visit(node: SyntaxNode, parents: SyntaxNode[], parentIndex: number | null, classIndex: number | null): void {
    let [inFunction, inClass] = [parentIndex, classIndex];
    if (
      /^(?:Class|TSParameter|ClassPrivate|TSAbstract)\w*Property$/.test(node.type) &&
      /^(?:private|protected)$/.test(String(node['accessibility']))
    )
      this.#noteInternal(node);
    if (isClass(node)) inClass = this.#add(node, parents, parentIndex, null);
    else if (isFunction(node)) {
      // An object literal or function inside a method is not a member of the class.
      const owner = /^Class(?:Private)?Method$/.test(node.type) ? classIndex : null;
      if (node['body'] !== undefined && node['body'] !== null) inFunction = this.#add(node, parents, parentIndex, owner);
      inClass = null;
    }
    const inner = [...parents, node];
    for (const [field, value] of Object.entries(node)) {
      if (field === 'typeAnnotation' || field === 'returnType' || field === 'loc' || field.endsWith('omments')) continue;
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) this.visit(child, inner, inFunction, inClass);
    }
  }

  #noteInternal(node: SyntaxNode): void {
    const key = (node['key'] ?? node['parameter']) as SyntaxNode;
    for (const name of boundNames(key)) this.internal.add(name);
  }

  #add(node: SyntaxNode, parents: SyntaxNode[], parentIndex: number | null, classIndex: number | null): number {
    const enclosing = parents.filter((parent) => isFunction(parent));
    const scope = enclosing.findLast((fn) => !isModuleScope(fn, parents)) ?? null;
    const place = this.#place(node, parents, parentIndex, classIndex);
    const isNested = scope !== null;
    const free = freeNames(node);
    const isArrow = node.type === 'ArrowFunctionExpression';
    const closure =
      (isNested && enclosing.some((fn) => !isModuleScope(fn, parents) && intersects(free.names, this.#declared(fn)))) ||
      (isArrow && free.usesContext);
    const isPlain = !isClass(node) && classIndex === null && !/Method$/.test(node.type);
    const lifted = isNested && !closure && isPlain && node['generator'] !== true ? `(${this.#source.slice(node.start, node.end)})` : null;
    const symbol = this.#unique(place.path);
    this.functions.push({
      node,
      classIndex,
      parentIndex,
      scope: enclosing.at(-1) ?? null,
      inlineArgument: isInlineArgument(node, parents.at(-1)),
      derived: parents.at(-2)?.['superClass'] !== undefined && parents.at(-2)?.['superClass'] !== null,
      meta: {
        symbol,
        name: place.name,
        kind: kindOf(node, place, node.type === 'ObjectMethod' || parents.at(-1)?.type === 'ObjectProperty'),
        async: node['async'] === true,
        generator: node['generator'] === true,
        closure,
        uses_this: /\b(?:this|super)\b/.test(this.#source.slice(node.start, node.end)),
        expression: isNested ? lifted : place.expression,
        exported: isNested ? null : place.exported,
        private_state: isClass(node) && /#\w+/.test(this.#source.slice(node.start, node.end)),
        params: isClass(node) ? [] : this.#params(node, parents),
        line: node.loc?.start.line ?? 0,
      },
    });
    return this.functions.length - 1;
  }

  #declared(fn: SyntaxNode): Set<string> {
    let names = this.#scopes.get(fn);
    if (!names) this.#scopes.set(fn, (names = declaredNames(fn)));
    return names;
  }

  #unique(path: string): string {
    const count = (this.#seen.get(path) ?? 0) + 1;
    this.#seen.set(path, count);
    return count === 1 ? path : `${path}~${count}`;
  }

  #params(node: SyntaxNode, parents: SyntaxNode[]): ParamMeta[] {
    const from = documentedStart(node, parents);
    const comment = this.#comments.findLast((item) => item.end <= from && this.#source.slice(item.end, from).trim() === '');
    const documented = jsdocTypes(comment ? this.#source.slice(comment.start, comment.end) : '');
    return (node['params'] as SyntaxNode[]).map((param, index) => {
      const name = boundNames(param)[0] ?? `argument ${index}`;
      const declared = declaredTypes(param, this.#source);
      const fromDoc = documented.get(name);
      const members = declaredMembers(param, this.#declarations, this.#source);
      const iterables = iterablesOf(param, node, fromDoc?.text, this.#declarations);
      return {
        name,
        types: declared.types ?? fromDoc?.types ?? null,
        optional: declared.optional || (fromDoc?.optional ?? false),
        ...(Object.keys(members).length > 0 ? { members } : {}),
        ...(Object.keys(iterables).length > 0 ? { iterables } : {}),
      };
    });
  }

  /** Path of names, property name and module-scope expression of a function, from what surrounds it. */
  #place(node: SyntaxNode, parents: SyntaxNode[], parentIndex: number | null, classIndex: number | null): Place {
    const parent = parents.at(-1);
    const outer = parentIndex === null ? '' : `${this.functions[parentIndex]?.meta.symbol ?? ''}/`;
    if (classIndex !== null) return this.#member(node, this.functions[classIndex] as FunctionInfo);
    const named = (name: string, expression: string | null, exported: string | null = null): Place => ({
      path: outer + name,
      name: name.split('.').at(-1) ?? name,
      expression,
      exported,
    });
    if (isNode(node['id']) && /Declaration$/.test(node.type)) {
      const name = node['id']['name'] as string;
      return named(name, name, exportedAs(name, parent, this.#defaults));
    }
    if (parent?.type === 'ExportDefaultDeclaration') return named('default', null, 'default');
    if (parent?.type === 'VariableDeclarator' && isNode(parent['id']) && parent['id'].type === 'Identifier') {
      const name = parent['id']['name'] as string;
      return named(name, name, exportedAs(name, parents.at(-3), this.#defaults));
    }
    if (parent?.type === 'AssignmentExpression') return this.#assigned(parent['left'] as SyntaxNode, named);
    if (
      /^(?:ObjectProperty|ObjectMethod|ClassProperty|ClassPrivateProperty)$/.test(
        (node.type === 'ObjectMethod' ? node : parent)?.type ?? '',
      )
    )
      return this.#property(node, parents, named);
    if (isNode(node['id'])) return named(node['id']['name'] as string, null);
    return named('<anonymous>', null);
  }

  #member(node: SyntaxNode, owner: FunctionInfo): Place {
    const key = keyText(node, this.#source);
    const kind = node['kind'] as string;
    const prefix = kind === 'get' || kind === 'set' ? `${kind} ` : '';
    const own = node['static'] === true ? 'static ' : '';
    const base = owner.meta.expression;
    const target = node['static'] === true ? base : base && `${base}.prototype`;
    const isPlain = prefix === '' && /^[\w$]+$/.test(key) && kind === 'method';
    return {
      path: `${owner.meta.symbol}.${own}${prefix}${key}`,
      name: key,
      expression: isPlain && target ? `${target}.${key}` : null,
      exported: null,
    };
  }

  #assigned(left: SyntaxNode, named: (name: string, expression: string | null, exported?: string | null) => Place): Place {
    const text = this.#source.slice(left.start, left.end).replaceAll(/\s/g, '');
    if (!simpleMember.test(text)) return named('<computed>', null);
    if (text === 'module.exports') return named('module.exports', text, 'default');
    const short = text.replace(/^(?:module\.)?exports\./, '');
    return named(short, text, short !== text && !short.includes('.') ? short : null);
  }

  #property(node: SyntaxNode, parents: SyntaxNode[], named: (name: string, expression: string | null) => Place): Place {
    const holder = (node.type === 'ObjectMethod' ? node : parents.at(-1)) as SyntaxNode;
    const key = keyText(holder, this.#source);
    const kind = node['kind'] as string;
    const prefix = kind === 'get' || kind === 'set' ? `${kind} ` : '';
    const object = parents.at(node.type === 'ObjectMethod' ? -1 : -2);
    const above = parents.at(node.type === 'ObjectMethod' ? -2 : -3);
    let base = '';
    if (object?.type === 'ObjectExpression' && above) {
      if (above.type === 'VariableDeclarator' && isNode(above['id']))
        base = this.#source.slice(above['id'].start, (above['id'] as { end: number }).end).replace(/:.*$/s, '');
      if (above.type === 'AssignmentExpression' && isNode(above['left']))
        base = this.#source.slice(above['left'].start, above['left'].end).replaceAll(/\s/g, '');
    }
    const isPlain = simpleMember.test(base) && /^[\w$]+$/.test(key) && prefix === '';
    const shown = base.replace(/^(?:module\.)?exports\.?/, '');
    const place = named(`${shown === '' ? '' : `${shown}.`}${prefix}${key}`, isPlain ? `${base}.${key}` : null);
    return { ...place, name: key };
  }
}

/** Where the statement, member or export begins that a function is the value of: what stands before it documents the function. */
function documentedStart(node: SyntaxNode, parents: readonly SyntaxNode[]): number {
  let start = node.start;
  for (const parent of parents.toReversed()) {
    if (!/^(?:Variable|Export\w+)Declarat(?:ion|or)$|^(?:Assignment|Parenthesized)?Expression(?:Statement)?$|Property$/.test(parent.type))
      break;
    start = parent.start;
    if (/^(?:Export|Expression)|Property$/.test(parent.type)) break;
  }
  return start;
}

const intersects = (a: Set<string>, b: Set<string>): boolean => [...a].some((name) => b.has(name));

function keyText(node: SyntaxNode, source: string): string {
  const key = node['key'] as SyntaxNode;
  if (key.type === 'StringLiteral' || key.type === 'NumericLiteral') return String(key['value']);
  const text = source.slice(key.start, key.end);
  return node['computed'] === true ? `[${text}]` : text;
}

function exportedAs(name: string, holder: SyntaxNode | undefined, defaults: string | null): string | null {
  if (holder?.type === 'ExportNamedDeclaration') return name;
  if (holder?.type === 'ExportDefaultDeclaration' || name === defaults) return 'default';
  return null;
}

/** A function that runs once while the module loads: the wrapper of a universal module, an immediately called function. */
export function isModuleScope(fn: SyntaxNode, parents: SyntaxNode[]): boolean {
  if (!/^(?:FunctionExpression|ArrowFunctionExpression)$/.test(fn.type)) return false;
  const index = parents.indexOf(fn);
  let at = index - 1;
  while (at >= 0 && /^(?:ParenthesizedExpression|UnaryExpression|MemberExpression)$/.test(parents[at]?.type ?? '')) at--;
  if (parents[at]?.type !== 'CallExpression') return false;
  return parents.slice(0, at).every((parent) => !isFunction(parent) || isModuleScope(parent, parents));
}

function isInlineArgument(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  return parent !== undefined && /^(?:Optional)?(?:Call|New)Expression$/.test(parent.type) && parent['callee'] !== node;
}

function kindOf(node: SyntaxNode, place: Place, isLiteralMember: boolean): FunctionMeta['kind'] {
  if (isClass(node)) return 'class';
  const kind = node['kind'] as string | undefined;
  if (kind === 'get') return 'getter';
  if (kind === 'set') return 'setter';
  if (kind === 'constructor') return 'constructor';
  if (/^Class(?:Private)?Method$/.test(node.type)) return node['static'] === true ? 'static' : 'method';
  if (isLiteralMember && place.expression !== null && !place.expression.includes('.prototype')) return 'static';
  if (node.type === 'ObjectMethod' || place.path.includes('.prototype.')) return 'method';
  return 'function';
}
