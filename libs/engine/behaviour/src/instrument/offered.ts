import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FunctionMeta } from '../runtime/graph.ts';
import { entryFiles } from './entry-files.ts';
import { readOwn } from './own-files.ts';
import { isNode, parseModule, type SyntaxNode, walk } from './syntax.ts';

/** Top-level names of a module that it hands out under any name. */
export function exportedLocals(program: SyntaxNode): Set<string> {
  const names = new Set<string>();
  const add = (node: unknown): void => {
    if (!isNode(node)) return;
    if (node.type === 'Identifier') names.add(node['name'] as string);
    if (node.type === 'ObjectExpression')
      for (const property of node['properties'] as SyntaxNode[]) add(property['value'] ?? property['argument']);
    if (node.type === 'AssignmentExpression') add(node['right']);
  };
  walk(program, (node) => {
    if (node.type === 'ExportSpecifier') add(node['local']);
    if (node.type === 'ExportDefaultDeclaration') add(node['declaration']);
    if (/^Export(?:Named|Default)Declaration$/.test(node.type) && isNode(node['declaration'])) {
      const declaration = node['declaration'] as SyntaxNode;
      add(declaration['id']);
      for (const item of (declaration['declarations'] as SyntaxNode[] | undefined) ?? []) add(item['id']);
    }
    if (node.type === 'AssignmentExpression' && isExports(node['left'] as SyntaxNode)) add(node['right']);
  });
  return names;
}

function isExports(left: SyntaxNode): boolean {
  if (left.type === 'Identifier') return left['name'] === 'exports';
  if (left.type !== 'MemberExpression') return false;
  const [object, property] = [left['object'] as SyntaxNode, left['property'] as SyntaxNode];
  const isModule = object.type === 'Identifier' && object['name'] === 'module' && property['name'] === 'exports';
  return isModule || isExports(object);
}

/** What users of a package can call: what its entry files hand out, their own or another file's that they name. */
export class Offered {
  /** Names by file; null: all that the file exports. */
  readonly #names = new Map<string, Set<string> | null>();
  readonly #exported = new Map<string, Set<string>>();
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
    for (const file of entryFiles(dir)) if (existsSync(join(dir, file))) this.#open(file, null, 0);
  }

  has(meta: FunctionMeta, functions: readonly FunctionMeta[]): boolean {
    const names = this.#names.get(meta.file);
    if (names === undefined || /^[_#]/.test(meta.name)) return false;
    const owner = meta.class_id === null ? meta : (functions[meta.class_id] ?? meta);
    if (owner.exported !== null && (names === null || names.has(owner.exported) || owner.exported === 'default')) return true;
    if (owner.expression === null) return false;
    const [root = '', ...rest] = owner.expression.split('.');
    if (root === 'exports' || root === 'module') return names === null || rest.some((part) => names.has(part));
    return this.#exported.get(meta.file)?.has(root) === true && (names === null || names.has(root));
  }

  #open(file: string, names: Set<string> | null, depth: number): void {
    if (depth > 4 || this.#names.get(file) === null) return;
    const known = this.#names.get(file);
    this.#names.set(file, names === null ? null : new Set([...(known ?? []), ...names]));
    let program: SyntaxNode;
    const source = readOwn(this.#dir, file);
    try {
      ({ program } = parseModule(source, file));
    } catch {
      return;
    }
    this.#exported.set(file, exportedLocals(program));
    const words = new Set(source.match(/[A-Za-z_$][\w$]*/g));
    walk(program, (node, parents) => {
      const found = specifierOf(node);
      const target = found === null ? null : this.#resolve(file, found);
      if (target !== null) this.#open(target, isWhole(node, parents) ? null : words, depth + 1);
    });
  }

  #resolve(from: string, specifier: string): string | null {
    const plain = join(dirname(from), specifier);
    const stem = plain.replace(/\.[mc]?js$/, '');
    const extensions = ['js', 'ts', 'mjs', 'mts', 'cjs', 'cts'];
    const tried = [
      plain,
      ...extensions.map((end) => `${plain}.${end}`),
      ...extensions.map((end) => `${stem}.${end}`),
      `${plain}/index.js`,
      `${plain}/index.ts`,
    ];
    return tried.find((path) => /\.[mc]?[jt]s$/.test(path) && existsSync(join(this.#dir, path))) ?? null;
  }
}

/** The module of the package that a statement or a call brings in. */
function specifierOf(node: SyntaxNode): string | null {
  const argument = (node['arguments'] as SyntaxNode[] | undefined)?.[0];
  const isRequire = node.type === 'CallExpression' && (node['callee'] as SyntaxNode)['name'] === 'require';
  const source = isRequire ? argument : /^(?:Import|Export)\w*Declaration$/.test(node.type) ? node['source'] : null;
  return isNode(source) && source.type === 'StringLiteral' && String(source['value']).startsWith('.') ? String(source['value']) : null;
}

/** `export * from`, or `module.exports = require()`: everything is handed on. */
function isWhole(node: SyntaxNode, parents: SyntaxNode[]): boolean {
  const parent = parents.at(-1);
  return (
    node.type === 'ExportAllDeclaration' ||
    (parent?.type === 'AssignmentExpression' && isExports(parent['left'] as SyntaxNode)) ||
    parent?.type === 'SpreadElement'
  );
}
