import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../runtime/graph.ts';
import { functionsOf } from './functions.ts';
import { readOwn } from './own-files.ts';
import { isNode, type SyntaxNode, walk } from './syntax.ts';

/**
 * Properties that the changed functions of a tree read once into a variable and then use from there: those of something that was handed in.
 * A field of the instance is the code's own, and nobody puts an accessor there.
 */
export function storedProperties(dir: string, manifest: Manifest): Set<string> {
  const names = new Set<string>();
  const changed = manifest.functions.filter((meta) => meta.changed);
  for (const file of new Set(changed.map((meta) => meta.file))) {
    if (!existsSync(join(dir, file))) continue;
    const symbols = new Set(changed.filter((meta) => meta.file === file).map((meta) => meta.symbol));
    for (const info of functionsOf(readOwn(dir, file), file).functions) if (symbols.has(info.meta.symbol)) noteStored(info.node, names);
  }
  return names;
}

function noteStored(fn: SyntaxNode, names: Set<string>): void {
  walk(fn, (node) => {
    if (node.type !== 'VariableDeclarator' || !isNode(node['id'])) return;
    const [id, init] = [node['id'], node['init']];
    if (
      id.type === 'Identifier' &&
      isNode(init) &&
      init.type === 'MemberExpression' &&
      init['computed'] !== true &&
      isName(init['object']) &&
      isNode(init['property'])
    )
      names.add(String(init['property']['name']));
    if (id.type === 'ObjectPattern' && isName(init))
      for (const property of id['properties'] as SyntaxNode[]) if (isNode(property['key'])) names.add(String(property['key']['name']));
  });
}

const isName = (node: unknown): boolean => isNode(node) && node.type === 'Identifier';
