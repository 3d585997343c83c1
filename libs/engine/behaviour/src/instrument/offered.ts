import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FunctionMeta } from '../runtime/graph.ts';
import { entryFiles } from './entry-files.ts';
import { type ExportedNames, exportedNames, handedOn } from './exported-names.ts';
import { readOwn } from './own-files.ts';
import { parseModule, type SyntaxNode } from './syntax.ts';

const DEPTH_MAX = 6;

/** What users of a package can call: what its entry files hand out, their own or what they hand on of other files. */
export class Offered {
  /** Names by file; null: all that the file exports. */
  readonly #names = new Map<string, Set<string> | null>();
  readonly #exported = new Map<string, ExportedNames>();
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
    for (const file of entryFiles(dir)) if (existsSync(join(dir, file))) this.#open(file, null, 0);
  }

  has(meta: FunctionMeta, functions: readonly FunctionMeta[]): boolean {
    const names = this.#names.get(meta.file);
    if (names === undefined || /^[_#]/.test(meta.name)) return false;
    const isOut = (name: string): boolean => names === null || names.has(name);
    const owner = meta.class_id === null ? meta : (functions[meta.class_id] ?? meta);
    if (owner.exported !== null && isOut(owner.exported)) return true;
    if (owner.expression === null) return false;
    const [root = '', ...rest] = owner.expression.split('.');
    if (root === 'exports' || root === 'module') return names === null || rest.some(isOut);
    return [...(this.#exported.get(meta.file)?.get(root) ?? [])].some(isOut);
  }

  #open(file: string, names: Set<string> | null, depth: number): void {
    const known = this.#names.get(file);
    if (depth > DEPTH_MAX || known === null || (known && names && [...names].every((name) => known.has(name)))) return;
    this.#names.set(file, names === null ? null : new Set([...(known ?? []), ...names]));
    let program: SyntaxNode;
    try {
      ({ program } = parseModule(readOwn(this.#dir, file), file));
    } catch {
      return;
    }
    const exported = exportedNames(program);
    this.#exported.set(file, exported);
    for (const { specifier, names: inner } of handedOn(program, exported)) {
      const target = this.#resolve(file, specifier);
      if (target !== null) this.#open(target, inner, depth + 1);
    }
  }

  #resolve(from: string, specifier: string): string | null {
    const plain = join(dirname(from), specifier);
    const stem = plain.replace(/\.[mc]?js$/, '');
    const extensions = ['js', 'ts', 'mjs', 'mts', 'cjs', 'cts'];
    const tried = [plain, ...[plain, stem, `${plain}/index`].flatMap((path) => extensions.map((end) => `${path}.${end}`))];
    return tried.find((path) => /\.[mc]?[jt]s$/.test(path) && existsSync(join(this.#dir, path))) ?? null;
  }
}
