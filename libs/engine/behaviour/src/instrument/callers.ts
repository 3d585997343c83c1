import type { FunctionMeta } from '../runtime/graph.ts';
import { exportedNames } from './exported-names.ts';
import type { FunctionInfo } from './functions.ts';
import { type SyntaxNode, walk } from './syntax.ts';

interface ParsedFile {
  program: SyntaxNode;
  functions: FunctionInfo[];
  ids: number[];
}

const DEPTH_MAX = 4;
const CALLERS_MAX = 48;

/** Method names of the language's own objects: who calls one of them says nothing about whom. */
const BUILTIN = new Set(
  [Array, Map, Set, String, Object, Function, Promise, RegExp, Number, Date].flatMap((type) => Object.getOwnPropertyNames(type.prototype)),
);

/**
 * Functions that other files or users can call and that call a changed function, directly or through functions nobody else can call. By name:
 * what goes through a computed property or a variable is not seen, and two methods of one name are taken for one.
 */
export function nearestCallers(files: readonly ParsedFile[], all: readonly FunctionMeta[]): Set<number> {
  const found = new Set<number>();
  const users = usersByName(files);
  const handedOut = new Map<number, ReadonlySet<string>>();
  for (const file of files) {
    const names = new Set(exportedNames(file.program).keys());
    for (const id of file.ids) handedOut.set(id, names);
  }
  const seen = new Set<number>();
  let frontier = all.filter((meta) => meta.changed && meta.kind !== 'class').map((meta) => meta.id);
  for (let depth = 0; depth < DEPTH_MAX && frontier.length > 0; depth++) {
    const next: number[] = [];
    for (const id of frontier)
      for (const user of usersOf(all[id] as FunctionMeta, users)) {
        const meta = all[user] as FunctionMeta;
        if (seen.has(user) || meta.changed || found.size >= CALLERS_MAX) continue;
        seen.add(user);
        if (isHandedOut(meta, all, handedOut.get(user) ?? new Set())) found.add(user);
        else next.push(user);
      }
    frontier = next;
  }
  return found;
}

/** By `name` for identifiers and `.name` for properties: the functions that have them in their text. */
function usersByName(files: readonly ParsedFile[]): Map<string, Set<number>> {
  const users = new Map<string, Set<number>>();
  for (const file of files)
    for (const [index, info] of file.functions.entries()) {
      const id = file.ids[index] as number;
      if (info.meta.kind === 'class') continue;
      walk(info.node, (node, parents) => {
        if (node.type !== 'Identifier' || node === info.node['id']) return;
        const parent = parents.at(-1);
        const isProperty =
          parent !== undefined && /MemberExpression$/.test(parent.type) && parent['property'] === node && parent['computed'] !== true;
        const key = `${isProperty ? '.' : ''}${String(node['name'])}`;
        users.set(key, (users.get(key) ?? new Set()).add(id));
      });
    }
  return users;
}

function usersOf(meta: FunctionMeta, users: Map<string, Set<number>>): number[] {
  const isMember = meta.kind !== 'function' && meta.kind !== 'constructor';
  const name = meta.kind === 'constructor' ? (meta.symbol.split(/[./]/).at(-2) ?? '') : meta.name;
  const asProperty = BUILTIN.has(name) ? [] : [...(users.get(`.${name}`) ?? [])];
  return [...(isMember ? [] : (users.get(name) ?? [])), ...asProperty].filter((id) => id !== meta.id);
}

function isHandedOut(meta: FunctionMeta, all: readonly FunctionMeta[], names: ReadonlySet<string>): boolean {
  if (meta.closure || /^[_#<]/.test(meta.name) || meta.kind === 'setter' || meta.kind === 'constructor') return false;
  if (meta.kind === 'method' || meta.kind === 'getter') return true;
  const owner = meta.class_id === null ? meta : (all[meta.class_id] ?? meta);
  const root = owner.expression?.split('.')[0] ?? '';
  return owner.exported !== null || /^(?:module|exports)$/.test(root) || names.has(root);
}
