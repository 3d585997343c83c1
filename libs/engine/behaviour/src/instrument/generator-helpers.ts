import type { FunctionMeta } from '../runtime/graph.ts';
import { exportedNames } from './exported-names.ts';
import type { FunctionInfo } from './functions.ts';
import { type SyntaxNode, walk } from './syntax.ts';

interface ParsedFile {
  program: SyntaxNode;
  functions: FunctionInfo[];
  ids: number[];
}

/**
 * Functions of the module that only generators of their file lead to: while a generator runs, whoever asks it for the next value is on the
 * stack, so a call from there looks like one from outside. By id, with the generators it may have come from. A function that is exported, or
 * ever used as a value and not called, may be called by anybody and is left out.
 */
export function generatorHelpers({ program, functions, ids }: ParsedFile, all: readonly FunctionMeta[]): Map<number, number[]> {
  const exported = new Set(exportedNames(program).keys());
  const callers = new Map<string, Set<number>>();
  const escaped = new Set<string>();
  const places = functions.map((info, index) => ({ node: info.node, id: ids[index] as number }));
  walk(program, (node, parents) => {
    if (node.type !== 'Identifier') return;
    const name = node['name'] as string;
    const parent = parents.at(-1);
    if (parent?.['id'] === node) return;
    const isCall = parent !== undefined && /CallExpression$/.test(parent.type) && parent['callee'] === node;
    const around = parents.findLast((each) => places.some((place) => place.node === each));
    const caller = places.find((place) => place.node === around)?.id;
    if (isCall && caller !== undefined) callers.set(name, (callers.get(name) ?? new Set()).add(caller));
    else escaped.add(name);
  });
  const isInner = (meta: FunctionMeta): boolean =>
    meta.kind === 'function' &&
    meta.expression === meta.name &&
    meta.exported === null &&
    !exported.has(meta.name) &&
    !escaped.has(meta.name);
  const found = new Map<number, number[]>();
  for (const id of ids) {
    const meta = all[id] as FunctionMeta;
    if (!isInner(meta)) continue;
    const generators = new Set<number>();
    const seen = new Set<number>([id]);
    for (const at of seen)
      for (const caller of callers.get((all[at] as FunctionMeta).name) ?? []) {
        const user = all[caller] as FunctionMeta;
        if (isInner(user)) seen.add(caller);
        else if (user.generator) generators.add(caller);
      }
    if (generators.size > 0) found.set(id, [...generators]);
  }
  return found;
}
